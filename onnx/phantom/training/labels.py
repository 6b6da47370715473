"""What the demonstration model scores and how it is coded. Which phantom has which label is said by the training set itself:
the rules are those of src/TriageWorker.Host/Training/DrawnLabels.cs. Nothing here is random and nothing is medical.
"""
import math

# Thresholds in policy.json come with these levels.
HIGH, MEDIUM = "high", "medium"


def sct(value, meaning):
    return {"value": value, "scheme": "SCT", "meaning": meaning}


def own(key, meaning):
    return {"value": key, "scheme": "99TRIAGE", "meaning": meaning}


# (key, label, code, site, level)
FINDINGS = [
    ("FREE_AIR", "Free air", own("FREE_AIR", "Free intraperitoneal air"), sct("83670000", "Peritoneal cavity"), HIGH),
    ("ASCITES", "Ascites", sct("389026000", "Ascites"), sct("83670000", "Peritoneal cavity"), MEDIUM),
    ("PLEURAL_EFF", "Pleural effusion", sct("60046008", "Pleural effusion"), sct("3120008", "Pleura"), MEDIUM),
    ("SPLENOMEGALY", "Splenomegaly", sct("16294009", "Splenomegaly"), sct("78961009", "Spleen"), MEDIUM),
]

# (key, label, code). Their rules stand in the training set's own description.
PHENOTYPES = [(key, label, own(key, label)) for key, label in (
    ("LOW_LIVER_DENS", "Low liver density"),
    ("AORTIC_CALCIUM", "Aortic calcium"),
    ("LOW_BONE_DENS", "Low vertebral density"),
    ("WIDE_BODY", "Wide body"),
)]

RISKS = [
    ("R5_CVD", "Cardiovascular disease", sct("49601007", "Disorder of cardiovascular system")),
    ("R5_IHD", "Ischemic heart disease", sct("414545008", "Ischemic heart disease")),
    ("R5_HTN", "Hypertension", sct("38341003", "Hypertensive disorder")),
    ("R5_DM", "Diabetes mellitus", sct("73211009", "Diabetes mellitus")),
    ("R5_CKD", "Chronic kidney disease", sct("709044004", "Chronic kidney disease")),
    ("R5_CLD", "Chronic liver disease", sct("328383001", "Chronic liver disease")),
]

# Regions of PhantomRegion (1 to 7): the part of a cell that counts as the whole (a plaque never fills a cell), how much it weighs in
# training (what is hard to see weighs more), and how many voxels are one unit when its amount is counted.
REGIONS = [
    ("liver", 1, 0.5, 32), ("spleen", 1, 0.5, 32), ("spongiosa", 0.5, 0.5, 32), ("plaque", 0.06, 5, 1),
    ("ascites", 0.5, 3, 16), ("effusion", 0.5, 0.5, 32), ("free air", 0.25, 1, 16),
]

# Which measures are densities of which region: a cell of that region can tell them on its own.
DENSITIES = [("liver", "liver"), ("bone", "spongiosa")]

# Continuous truths that the trunk also learns to tell while it is trained; these heads are not exported.
MEASURES = [
    ("liver", lambda d: d["liver_hu"] / 40),
    ("calcium", lambda d: math.log1p(d["aortic_calcium_mm3"] / 60)),
    ("bone", lambda d: d["vertebral_hu"] / 60),
    ("width", lambda d: d["body_width_mm"] / 45),
    ("ascites", lambda d: math.log1p(d["ascites_ml"] / 50)),
    ("effusion", lambda d: math.log1p(d["effusion_ml"] / 30)),
    ("free air", lambda d: math.log1p(d["free_air_ml"] / 10)),
    ("spleen", lambda d: math.log(max(30.0, d["spleen_ml"])) * 2),
]
