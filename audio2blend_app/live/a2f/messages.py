"""The classes of `a2f.proto`, from its compiled descriptor: no generated code, which would fix protobuf's version."""

from importlib.resources import files
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

_SET = descriptor_pb2.FileDescriptorSet.FromString(files(__package__).joinpath("a2f.binpb").read_bytes())
_POOL = descriptor_pool.DescriptorPool()
for _file in _SET.file:
    _POOL.Add(_file)


def _class(name: str) -> Any:
    return message_factory.GetMessageClass(_POOL.FindMessageTypeByName(f"audio2blend.a2f.v1.{name}"))


Request = _class("Request")
Response = _class("Response")
ConfigRequest = _class("ConfigRequest")
Config = _class("Config")
