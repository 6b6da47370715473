using TriageWorker.Phantoms.Anatomy;

namespace TriageWorker.Phantoms.Drawing;

/// <summary>Hounsfield units of each tissue in one person, and the texture of those that are not even.</summary>
internal sealed class Densities
{
    private static readonly TissueSet Textured = TissueSet.Of(
        Tissue.LungLeft, Tissue.LungRight, Tissue.Stool, Tissue.Muscle, Tissue.PeritonealFat, Tissue.Marrow, Tissue.Spongiosa, Tissue.Atelectasis);

    private readonly float[] _hu = new float[Enum.GetValues<Tissue>().Length];
    private readonly Lattice _lattice;
    private readonly float _marbling, _vessels;

    public Densities(BodyPlan plan, Lattice lattice)
    {
        _lattice = lattice;
        var dice = Dice.For(plan.Seed, "densities");
        var phase = plan.ContrastPhase;
        var blood = phase ? dice.Uniform(120, 180) : dice.Uniform(36, 48);
        var fat = dice.Uniform(-112, -92);
        _marbling = dice.Uniform(0.015, 0.08);
        _vessels = dice.Uniform(0.45, 0.62);
        Set(-1000, Tissue.Air);
        Set(40, Tissue.TableShell);
        Set(-940, Tissue.TableFoam);
        Set(-10, Tissue.Skin);
        Set(fat, Tissue.SubcutaneousFat, Tissue.PeritonealFat, Tissue.PeritonealRim, Tissue.RetroperitonealFat, Tissue.MediastinalFat, Tissue.RenalSinus);
        Set(dice.Uniform(45, 62), Tissue.Muscle, Tissue.Diaphragm);
        Set(dice.Uniform(85, 140), Tissue.Cartilage);
        Set(dice.Uniform(600, 1000), Tissue.Cortex);
        Set(plan.VertebralHu, Tissue.Spongiosa);
        Set(plan.VertebralHu * 0.8f + 60, Tissue.RibMarrow);
        Set(plan.VertebralHu * 0.7f + 40, Tissue.Marrow);
        Set(dice.Uniform(65, 95), Tissue.Disc);
        Set(dice.Uniform(15, 35), Tissue.Cord);
        Set(dice.Uniform(-880, -810), Tissue.LungLeft, Tissue.LungRight);
        Set(phase ? 60 : 10, Tissue.LungVessel);
        Set(phase ? dice.Uniform(55, 100) : dice.Uniform(30, 45), Tissue.Atelectasis);
        Set(phase ? dice.Uniform(105, 140) : dice.Uniform(36, 46), Tissue.Heart);
        Set(plan.LiverHu, Tissue.Liver);
        Set(phase ? blood * 0.95f : dice.Uniform(34, 44), Tissue.LiverVein);
        Set(dice.Uniform(0, 18), Tissue.Bile);
        Set(phase ? dice.Uniform(100, 135) : dice.Uniform(42, 54), Tissue.Spleen);
        Set(phase ? dice.Uniform(150, 200) : dice.Uniform(28, 38), Tissue.Kidney);
        Set(phase ? dice.Uniform(80, 110) : dice.Uniform(32, 44), Tissue.Pancreas);
        Set(phase ? dice.Uniform(60, 95) : dice.Uniform(32, 44), Tissue.BowelWall);
        Set(dice.Uniform(8, 38), Tissue.BowelFluid);
        Set(dice.Uniform(-60, 30), Tissue.Stool);
        Set(-970, Tissue.BowelGas);
        Set(blood, Tissue.Artery);
        Set(dice.Uniform(600, 1100), Tissue.Plaque);
        Set(phase ? blood * dice.Uniform(0.8, 1) : blood, Tissue.Vein);
        Set(dice.Uniform(-2, 14), Tissue.Bladder);
        Set(phase ? dice.Uniform(70, 100) : dice.Uniform(36, 48), Tissue.PelvicOrgan);
        Set(dice.Uniform(0, 24), Tissue.Ascites);
        Set(dice.Uniform(0, 24), Tissue.Effusion);
        Set(-985, Tissue.FreeAir);
    }

    public static bool IsTextured(Tissue tissue) => Textured.Contains(tissue);

    public float Of(Tissue tissue) => _hu[(int)tissue];

    /// <summary>Density of a textured tissue at a place.</summary>
    public float At(Tissue tissue, float x, float y, float z)
    {
        var hu = _hu[(int)tissue];
        switch (tissue)
        {
            case Tissue.LungLeft or Tissue.LungRight:
                return hu + 0.6f * y + 45 * _lattice.At(x / 7, y / 7, z / 7);
            case Tissue.Stool:
                var grain = _lattice.At(x / 4, y / 4, z / 4) + 0.5f * _lattice.At(x / 11, y / 11, z / 11);
                return grain > 0.45f ? -700 : hu + 90 * grain;
            case Tissue.Muscle:
                // Sheets of fat between muscles: where a smooth field is about zero.
                var sheet = MathF.Abs(_lattice.At(x / 21, y / 21, z / 60));
                if (sheet < _marbling) return hu - 140 * (1 - sheet / _marbling * 0.5f);
                return hu + 6 * sheet;
            case Tissue.PeritonealFat:
                var strand = _lattice.At(x / 6, y / 6, z / 9);
                return strand > _vessels ? hu + 115 : hu + 8 * strand;
            default:
                return hu + 25 * _lattice.At(x / 5, y / 5, z / 5);
        }
    }

    private void Set(float hu, params ReadOnlySpan<Tissue> tissues)
    {
        foreach (var tissue in tissues) _hu[(int)tissue] = hu;
    }
}
