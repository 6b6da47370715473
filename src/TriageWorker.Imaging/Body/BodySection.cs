namespace TriageWorker.Imaging.Body;

/// <summary>What one slice shows of a body, in figures. Shares are of the section's area.</summary>
/// <param name="AreaCm2">The largest piece of body with all it encloses.</param>
/// <param name="SecondPiece">Area of the second largest piece, as a share of the largest: two legs.</param>
/// <param name="IsCut">The body goes on beyond the image on its sides, so that the section has no skin there.</param>
/// <param name="LungShare">−950 to −450 HU.</param>
/// <param name="BoneShare">Above 250 HU.</param>
/// <param name="RimBoneShare">How much of the bone lies within 25 mm of the skin: ribs and skull do, hips and spine do not. 0 where nothing is bone.</param>
public readonly record struct BodySection(double AreaCm2, double SecondPiece, bool IsCut, double LungShare, double BoneShare, double RimBoneShare)
{
    // Sections of grown-ups: heads have 150 to 260 cm², necks and thighs less, trunks 350 and more. A cut image of less than this cannot hold a trunk's middle.
    private const double SmallestTrunkCm2 = 300, SmallestBodyCm2 = 20;
    private const double LungOfThorax = 0.22, SkullBone = 0.08, SkullRim = 0.5, SecondLeg = 0.35, HipBone = 0.02, HipRim = 0.12, CutHipBone = 0.06, LungBesideHips = 0.05;

    public BodyRegion Region =>
        AreaCm2 < SmallestBodyCm2 ? BodyRegion.None
        : !IsCut && AreaCm2 < SmallestTrunkCm2 && BoneShare >= SkullBone && RimBoneShare >= SkullRim ? BodyRegion.Head
        : SecondPiece >= SecondLeg || AreaCm2 < SmallestTrunkCm2 ? BodyRegion.NeckOrLimb
        : LungShare >= LungOfThorax ? BodyRegion.Thorax
        : IsHip ? BodyRegion.Pelvis
        : BodyRegion.Abdomen;

    // Ribs lie at the rim, hips deep, and no lung is near them; where the skin is out of sight, only much bone tells.
    private bool IsHip => LungShare < LungBesideHips && (IsCut ? BoneShare >= CutHipBone : BoneShare >= HipBone && RimBoneShare < HipRim);
}
