"""What the shapes of real rigs are called, for tests: lists of names as their makers document them."""

from pathlib import Path


def each(names: str, prefix: str = "") -> tuple[str, ...]:
    """Return the names in a text, each after a prefix."""
    return tuple(prefix + name for name in names.split())


def named(path: Path, *names: str) -> Path:
    """Write a list of names."""
    path.write_text("\n".join(names), encoding="utf-8")
    return path


OCULUS = each("sil PP FF TH DD kk CH SS nn RR aa E I O U", "viseme_")
READY_PLAYER_ME = ("mouthOpen", "mouthSmile", "eyesClosed", "eyesLookUp", "eyesLookDown")
VRM_0 = (
    "Neutral", "A", "I", "U", "E", "O", "Blink", "Joy", "Angry", "Sorrow", "Fun", "LookUp", "LookDown", "LookLeft",
    "LookRight", "Blink_L", "Blink_R",
)  # fmt: skip
VRM_1 = (
    "happy", "angry", "sad", "relaxed", "surprised", "aa", "ih", "ou", "ee", "oh", "blink", "blinkLeft", "blinkRight",
    "lookUp", "lookDown", "lookLeft", "lookRight", "neutral",
)  # fmt: skip
VROID = each(
    "ALL_Neutral ALL_Joy BRW_Angry EYE_Close EYE_Close_R EYE_Close_L MTH_Close MTH_Up MTH_A MTH_I MTH_U "
    "MTH_E MTH_O HA_Fung1",
    "Face.M_F00_000_00_Fcl_",
)
MMD = (
    "真面目", "困る", "にこり", "怒り", "まばたき", "笑い", "ウィンク", "ウィンク右", "ウィンク２",
    "ｳｨﾝｸ２右", "なごみ", "びっくり", "じと目", "はぅ", "あ", "い", "う", "え", "お", "▲", "∧", "ω", "□",
    "はんっ！", "ぺろっ", "にやり", "口角上げ", "口角下げ", "照れ", "涙", "瞳小",
)  # fmt: skip
MICROSOFT = (
    "sil_00", "aa_ah_ax_01", "aa_02", "ao_03", "ey_eh_uh_04", "er_05", "y_iy_ih_ix_06", "w_uw_07", "ow_08", "aw_09",
    "oy_10", "ay_11", "h_12", "r_13", "l_14", "s_z_15", "sh_ch_jh_zh_16", "th_dh_17", "f_v_18", "d_t_n_19",
    "k_g_ng_20", "p_b_m_21",
)  # fmt: skip
AUDIO2FACE = (
    "browLowerL", "browLowerR", "innerBrowRaiserL", "innerBrowRaiserR", "outerBrowRaiserL", "outerBrowRaiserR",
    "eyesLookLeft", "eyesLookRight", "eyesLookUp", "eyesLookDown", "eyesCloseL", "eyesCloseR", "eyesUpperLidRaiserL",
    "eyesUpperLidRaiserR", "squintL", "squintR", "cheekRaiserL", "cheekRaiserR", "cheekPuffL", "cheekPuffR",
    "noseWrinklerL", "noseWrinklerR", "jawDrop", "jawDropLipTowards", "jawThrust", "jawSlideLeft", "jawSlideRight",
    "mouthSlideLeft", "mouthSlideRight", "dimplerL", "dimplerR", "lipCornerPullerL", "lipCornerPullerR",
    "lipCornerDepressorL", "lipCornerDepressorR", "lipStretcherL", "lipStretcherR", "upperLipRaiserL",
    "upperLipRaiserR", "lowerLipDepressorL", "lowerLipDepressorR", "chinRaiser", "lipPressor", "pucker", "funneler",
    "lipSuck",
)  # fmt: skip
METAHUMAN = each(
    "browDownL browDownR browLateralL browLateralR browRaiseInL browRaiseInR browRaiseOuterL "
    "browRaiseOuterR earUpL earUpR eyeBlinkL eyeBlinkR eyeLidPressL eyeLidPressR eyeWidenL eyeWidenR eyeSquintInnerL "
    "eyeSquintInnerR eyeCheekRaiseL eyeCheekRaiseR eyeFaceScrunchL eyeFaceScrunchR eyeUpperLidUpL eyeUpperLidUpR "
    "eyeRelaxL eyeRelaxR eyeLowerLidUpL eyeLowerLidUpR eyeLookUpL eyeLookUpR eyeLookDownL eyeLookDownR eyeLookLeftL "
    "eyeLookLeftR eyeLookRightL eyeLookRightR eyePupilWideL eyePupilWideR noseWrinkleL noseWrinkleR noseNostrilDilateL "
    "noseNostrilDilateR mouthCheekSuckL mouthCheekSuckR mouthCheekBlowL mouthCheekBlowR mouthLeft mouthRight mouthUp "
    "mouthDown mouthUpperLipRaiseL mouthUpperLipRaiseR mouthLowerLipDepressL mouthLowerLipDepressR mouthCornerPullL "
    "mouthCornerPullR mouthStretchL mouthStretchR mouthDimpleL mouthDimpleR mouthCornerDepressL mouthCornerDepressR "
    "mouthPressUL mouthPressUR mouthPressDL mouthPressDR mouthLipsPurseUL mouthLipsPurseUR mouthLipsPurseDL "
    "mouthLipsPurseDR mouthLipsTowardsUL mouthLipsTowardsUR mouthLipsTowardsDL mouthLipsTowardsDR mouthFunnelUL "
    "mouthFunnelUR mouthFunnelDL mouthFunnelDR mouthLipsTogetherUL mouthLipsTogetherUR mouthLipsTogetherDL "
    "mouthLipsTogetherDR mouthUpperLipBiteL mouthUpperLipBiteR mouthLowerLipBiteL mouthLowerLipBiteR "
    "mouthUpperLipRollInL mouthUpperLipRollInR mouthLowerLipRollInL mouthLowerLipRollInR jawOpen jawLeft jawRight "
    "jawFwd jawBack jawChinRaiseDL jawChinRaiseDR jawChinRaiseUL jawChinRaiseUR jawOpenExtreme tongueUp tongueDown "
    "tongueOut tongueIn",
    "CTRL_expressions_",
)
CHARACTER_CREATOR_4 = each(
    "Brow_Raise_Inner_L Brow_Raise_Inner_R Brow_Raise_Outer_L Brow_Raise_Outer_R Brow_Drop_L Brow_Drop_R "
    "Brow_Compress_L Brow_Compress_R Eye_Blink_L Eye_Blink_R Eye_Squint_L Eye_Squint_R Eye_Wide_L Eye_Wide_R "
    "Eye_L_Look_L Eye_R_Look_L Eye_L_Look_R Eye_R_Look_R Eye_L_Look_Up Eye_R_Look_Up Eye_L_Look_Down Eye_R_Look_Down "
    "Nose_Sneer_L Nose_Sneer_R Cheek_Raise_L Cheek_Raise_R Cheek_Suck_L Cheek_Suck_R Cheek_Puff_L Cheek_Puff_R "
    "Mouth_Smile_L Mouth_Smile_R Mouth_Smile_Sharp_L Mouth_Smile_Sharp_R Mouth_Frown_L Mouth_Frown_R Mouth_Stretch_L "
    "Mouth_Stretch_R Mouth_Dimple_L Mouth_Dimple_R Mouth_Press_L Mouth_Press_R Mouth_Tighten_L Mouth_Tighten_R "
    "Mouth_Pucker_Up_L Mouth_Pucker_Up_R Mouth_Pucker_Down_L Mouth_Pucker_Down_R Mouth_Funnel_Up_L Mouth_Funnel_Up_R "
    "Mouth_Funnel_Down_L Mouth_Funnel_Down_R Mouth_Roll_In_Upper_L Mouth_Roll_In_Upper_R Mouth_Roll_In_Lower_L "
    "Mouth_Roll_In_Lower_R Mouth_Up Mouth_Down Mouth_L Mouth_R Mouth_Shrug_Upper Mouth_Shrug_Lower Mouth_Up_Upper_L "
    "Mouth_Up_Upper_R Mouth_Down_Lower_L Mouth_Down_Lower_R Mouth_Chin_Up Mouth_Close Jaw_Open Jaw_Forward "
    "Jaw_Backward Jaw_L Jaw_R Jaw_Up Jaw_Down Tongue_Out Tongue_Up V_Open V_Explosive V_Dental_Lip V_Tight_O V_Tight "
    "V_Wide V_Affricate V_Lip_Open V_Tongue_Out"
)
CHARACTER_CREATOR_3 = each(
    "Open Explosive Dental_Lip Tight-O Tight Wide Affricate Lip_Open Tongue_Out Eye_Blink Eyes_Blink Eye_Blink_L "
    "Eye_Blink_R Brow_Raise_Inner_Left Brow_Raise_Inner_Right Brow_Raise_Outer_Left Brow_Raise_Outer_Right "
    "Brow_Drop_Left Brow_Drop_Right Mouth_Smile Mouth_Smile_L Mouth_Smile_R Mouth_Frown Mouth_Open Mouth_Pucker "
    "Mouth_Widen Mouth_Plosive Nose_Scrunch Cheek_Raise_L Cheek_Raise_R"
)
GENESIS_8 = each("AA EE EH ER F IH IY K L M OW S SH T TH UW W", "eCTRLv")
GENESIS_9 = (
    "facs_ctrl_BrowInnerUp", "facs_BrowDownLeft", "facs_BrowDownRight", "facs_BrowOuterUpLeft",
    "facs_BrowOuterUpRight", "facs_ctrl_EyeLookUp-DownLeft", "facs_ctrl_EyeLookUp-DownRight",
    "facs_ctrl_EyeLookSide-SideLeft", "facs_ctrl_EyeLookSide-SideRight", "facs_bs_EyeBlinkLeft",
    "facs_bs_EyeBlinkRight", "facs_bs_EyeSquintLeft", "facs_bs_EyeSquintRight", "facs_ctrl_EyeWideLeft",
    "facs_ctrl_EyeWideRight", "facs_bs_CheekPuffLeft", "facs_bs_CheekPuffRight", "facs_bs_CheekSquintLeft",
    "facs_bs_CheekSquintRight", "facs_bs_NoseSneerLeft", "facs_bs_NoseSneerRight", "facs_bs_JawOpen",
    "facs_ctrl_JawForward-Recess", "facs_ctrl_JawLeft-Right", "facs_bs_MouthFunnelUpperLeft",
    "facs_bs_MouthFunnelUpperRight", "facs_bs_MouthFunnelLowerLeft", "facs_bs_MouthFunnelLowerRight",
    "facs_ctrl_MouthPucker", "facs_ctrl_MouthLeft-Right", "facs_ctrl_MouthRollUpper", "facs_ctrl_MouthRollLower",
    "facs_ctrl_MouthShrugUpper", "facs_ctrl_MouthShrugLower", "facs_ctrl_MouthClose", "facs_bs_MouthSmileLeft",
    "facs_bs_MouthSmileRight", "facs_bs_MouthFrownLeft", "facs_bs_MouthFrownRight", "facs_bs_MouthDimpleLeft",
    "facs_bs_MouthDimpleRight", "facs_bs_MouthUpperUpLeft", "facs_bs_MouthUpperUpRight", "facs_bs_MouthLowerDownLeft",
    "facs_bs_MouthLowerDownRight", "facs_ctrl_MouthPressLeft", "facs_ctrl_MouthPressRight", "facs_bs_MouthStretchLeft",
    "facs_bs_MouthStretchRight", "facs_bs_TongueOut",
)  # fmt: skip
MIXAMO = each(
    "Blink_Left Blink_Right BrowsDown_Left BrowsDown_Right BrowsIn_Left BrowsIn_Right BrowsOuterLower_Left "
    "BrowsOuterLower_Right BrowsUp_Left BrowsUp_Right CheekPuff_Left CheekPuff_Right EyesWide_Left EyesWide_Right "
    "Frown_Left Frown_Right JawBackward JawForeward JawRotateY_Left JawRotateY_Right JawRotateZ_Left JawRotateZ_Right "
    "Jaw_Down Jaw_Left Jaw_Right Jaw_Up LowerLipDown_Left LowerLipDown_Right LowerLipIn LowerLipOut Midmouth_Left "
    "Midmouth_Right MouthDown MouthNarrow_Left MouthNarrow_Right MouthOpen MouthUp MouthWhistle_NarrowAdjust_Left "
    "MouthWhistle_NarrowAdjust_Right NoseScrunch_Left NoseScrunch_Right Smile_Left Smile_Right Squint_Left "
    "Squint_Right TongueUp UpperLipIn UpperLipOut UpperLipUp_Left UpperLipUp_Right"
)
RHUBARB = tuple("ABCDEFGHX")
PRESTON_BLAIR = each("AI E etc FV L MBP O rest U WQ")
DIRECT_VISEMES = each("EE Er IH Ah Oh W_OO S_Z Ch_J F_V TH T_L_D_N B_M_P K_G_H_NG AE R")
ICT_FACEKIT = each(
    "PupilDilate_L PupilDilate_R browDown_L browDown_R browInnerUp_L browInnerUp_R browOuterUp_L browOuterUp_R "
    "cheekPuff_L cheekPuff_R cheekRaiser_L cheekRaiser_R cheekSquint_L cheekSquint_R eyeBlink_L eyeBlink_R "
    "eyeLookDown_L eyeLookDown_R eyeLookIn_L eyeLookIn_R eyeLookOut_L eyeLookOut_R eyeLookUp_L eyeLookUp_R "
    "eyeSquint_L eyeSquint_R eyeWide_L eyeWide_R jawForward jawLeft jawOpen jawRight mouthClose mouthDimple_L "
    "mouthDimple_R mouthFrown_L mouthFrown_R mouthFunnel mouthLeft mouthLowerDown_L mouthLowerDown_R "
    "mouthPress_L mouthPress_R mouthPucker mouthRight mouthRollLower mouthRollUpper mouthShrugLower "
    "mouthShrugUpper mouthSmile_L mouthSmile_R mouthStretch_L mouthStretch_R mouthUpperUp_L mouthUpperUp_R "
    "noseSneer_L noseSneer_R"
)
META = each(
    "browLowererL browLowererR cheekPuffL cheekPuffR cheekRaiserL cheekRaiserR cheekSuckL cheekSuckR chinRaiserB "
    "chinRaiserT dimplerL dimplerR eyesClosedL eyesClosedR eyesLookDownL eyesLookDownR eyesLookLeftL eyesLookLeftR "
    "eyesLookRightL eyesLookRightR eyesLookUpL eyesLookUpR innerBrowRaiserL innerBrowRaiserR jawDrop jawSidewaysLeft "
    "jawSidewaysRight jawThrust lidTightenerL lidTightenerR lipCornerDepressorL lipCornerDepressorR lipCornerPullerL "
    "lipCornerPullerR lipFunnelerLB lipFunnelerLT lipFunnelerRB lipFunnelerRT lipPressorL lipPressorR lipPuckerL "
    "lipPuckerR lipStretcherL lipStretcherR lipSuckLB lipSuckLT lipSuckRB lipSuckRT lipTightenerL lipTightenerR "
    "lipsToward lowerLipDepressorL lowerLipDepressorR mouthLeft mouthRight noseWrinklerL noseWrinklerR "
    "outerBrowRaiserL outerBrowRaiserR upperLidRaiserL upperLidRaiserR upperLipRaiserL upperLipRaiserR"
)
