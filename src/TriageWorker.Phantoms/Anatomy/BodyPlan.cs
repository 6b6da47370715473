namespace TriageWorker.Phantoms.Anatomy;

/// <summary>The measures of one person, all drawn from the seed. Lengths are mm; heights count from the disc between L3 and L4, times <see cref="Stature"/>.</summary>
internal sealed class BodyPlan
{
    private const double MinWidth = 280, MaxWidth = 440;

    public BodyPlan(int seed)
    {
        Seed = seed;
        var dice = Dice.For(seed, "body");
        Female = dice.Chance(0.5);
        Stature = dice.Uniform(0.93, 1.07) * (Female ? 0.98f : 1.02f);
        Width = dice.Uniform(MinWidth, MaxWidth);
        CavityA = Math.Clamp(Width / 2 * dice.Uniform(0.70, 0.84), 102, 154);
        CavityB = CavityA * dice.Uniform(0.58, 0.70);
        Wall = Math.Min(dice.Uniform(8, 15), Width / 2 - CavityA - 5);
        FatSide = Width / 2 - CavityA - Wall;
        FatFront = FatSide * dice.Uniform(0.5, 1.1);
        FatBack = FatSide * dice.Uniform(0.4, 0.9);
        Back = dice.Uniform(32, 40);
        Squareness = dice.Uniform(0.05, 0.45);
        DomeRight = dice.Uniform(168, 188) * Stature;
        DomeLeft = DomeRight - dice.Uniform(2, 18);
        Turn = dice.Gauss(0, 0.035);
        OffX = dice.Gauss(0, 6);
        OffY = dice.Gauss(0, 8);
        ContrastPhase = dice.Chance(0.55);
        CalciumMm3 = DrawCalcium(Dice.For(seed, "calcium"));
        VertebralHu = Dice.For(seed, "vertebrae").Uniform(45, 260);
        LiverHu = Dice.For(seed, "liver density").Uniform(-5, 75) + (ContrastPhase ? Dice.For(seed, "liver phase").Uniform(25, 45) : 0);
        // Old people have more plaque and thinner bone; age follows from what was drawn, so that the two stay independent.
        var old = 0.35 * CalciumRank + 0.25 * (1 - (VertebralHu - 45) / 215) + 0.4 * Dice.For(seed, "age").Unit();
        Age = (int)Math.Clamp(18 + 73 * old, 18, 90);
    }

    public int Seed { get; }
    public bool Female { get; }
    public int Age { get; }
    public bool ContrastPhase { get; }
    public float Stature { get; }
    public float Width { get; }

    /// <summary>Half width of the space inside ribs and muscle.</summary>
    public float CavityA { get; }

    /// <summary>Half depth of the space inside ribs and muscle.</summary>
    public float CavityB { get; }

    public float Wall { get; }
    public float FatSide { get; }
    public float FatFront { get; }
    public float FatBack { get; }

    /// <summary>Depth of the back muscles behind the cavity.</summary>
    public float Back { get; }

    /// <summary>0 is an ellipse; more is squarer.</summary>
    public float Squareness { get; }

    public float DomeRight { get; }
    public float DomeLeft { get; }

    /// <summary>How far the patient is rolled to a side, radians.</summary>
    public float Turn { get; }

    public float OffX { get; }
    public float OffY { get; }
    public float CalciumMm3 { get; }
    public float VertebralHu { get; }
    public float LiverHu { get; }

    /// <summary>Millimetres of fat between organs and wall; fluid widens it.</summary>
    public float Rim { get; init; } = 2.5f;

    /// <summary>Millilitres the spleen shall have.</summary>
    public float SpleenMl { get; init; }

    /// <summary>The highest slice of a standard scan.</summary>
    public float Top => DomeRight + 34;

    private double CalciumRank => CalciumMm3 <= 0 ? 0 : Math.Log(CalciumMm3 / 60) / Math.Log(100);

    private static float DrawCalcium(Dice dice) => dice.Chance(0.35) ? 0 : dice.LogUniform(80, 6000);
}
