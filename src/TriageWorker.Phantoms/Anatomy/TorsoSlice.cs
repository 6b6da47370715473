using TriageWorker.Phantoms.Drawing;

namespace TriageWorker.Phantoms.Anatomy;

/// <summary>The body's contours at one height, and the question in which of its spaces a point lies.</summary>
internal sealed class TorsoSlice
{
    private static readonly Profile CavityWidth = new((-185, 0.12f), (-150, 0.32f), (-115, 0.46f), (-75, 0.66f), (-35, 0.84f), (40, 0.95f), (130, 1f), (215, 0.97f), (260, 0.85f));
    private static readonly Profile CavityDepth = new((-185, 0.3f), (-150, 0.62f), (-100, 0.86f), (-30, 0.95f), (60, 1f), (150, 1.06f), (230, 1.04f));
    private static readonly Profile BodyWidth = new((-190, 1.0f), (-120, 1.02f), (-40, 0.99f), (25, 0.955f), (110, 0.99f), (160, 1f), (230, 0.99f));
    private static readonly Profile Hips = new((-190, 0.02f), (-120, 0.045f), (0, 0f));
    private static readonly Profile BodyDepth = new((-190, 0.86f), (-120, 0.93f), (-40, 0.98f), (30, 1.02f), (110, 1f), (220, 0.98f));
    private static readonly Profile BackGroove = new((-190, 2.2f), (-120, 1.4f), (-60, 0.7f), (60, 1f), (220, 0.8f));
    private static readonly Profile Flank = new((-70, 60f), (-20, 6f), (0, 2.2f), (40, 1.3f), (120, 1.15f), (200, 1.6f));
    private const float DiaphragmMm = 3.5f, PelvicFloor = -128;

    private readonly BodyPlan _plan;
    private readonly float _bodyA, _bodyFront, _bodyBack, _muscleA, _muscleFront, _muscleBack, _skinInner, _furrow, _linea, _flank;

    public TorsoSlice(BodyPlan plan, float z)
    {
        _plan = plan;
        Z = z;
        Level = z / plan.Stature;
        CavityA = plan.CavityA * CavityWidth.At(Level);
        CavityB = plan.CavityB * CavityDepth.At(Level);
        var depth = BodyDepth.At(Level);
        _bodyA = plan.Width / 2 * (BodyWidth.At(Level) + (plan.Female ? Hips.At(Level) : 0));
        _muscleA = _bodyA - plan.FatSide;
        _muscleFront = (plan.CavityB + 0.7f * plan.Wall) * depth;
        _muscleBack = (plan.CavityB + plan.Back) * depth;
        _bodyFront = _muscleFront + plan.FatFront;
        _bodyBack = _muscleBack + plan.FatBack;
        _furrow = 9 * BackGroove.At(Level);
        _linea = 7 * BackGroove.At(Level);
        _flank = Flank.At(Level) * plan.Wall;
        _skinInner = 1 - 2 * 2.2f / _bodyA;
    }

    public float Z { get; }

    /// <summary>The height as it would be in a person of standard stature.</summary>
    public float Level { get; }

    public float CavityA { get; }
    public float CavityB { get; }

    /// <summary>Half width, anterior and posterior reach of the skin.</summary>
    public (float Side, float Front, float Back) Outline => (_bodyA, _bodyFront, _bodyBack);

    /// <summary>The tissue before any organ is placed.</summary>
    public Tissue Ground(float x, float y)
    {
        var furrow = y > 0 ? y + _furrow / (1 + x * x * (1 / 300f)) : y + _linea / (1 + x * x * (1 / 500f)) * (y / _bodyFront);
        var body = Oval(x, furrow, _bodyA, _bodyFront, _bodyBack, _plan.Squareness);
        if (body > 1) return Tissue.Air;
        if (body > _skinInner) return Tissue.Skin;
        if (Oval(x, furrow, _muscleA, _muscleFront, _muscleBack, _plan.Squareness) > 1) return Tissue.SubcutaneousFat;
        var cavity = CavityAt(x, y);
        if (cavity > 1) return Wall(x, y, cavity);
        var diaphragm = DiaphragmAt(x, y);
        if (Z > diaphragm) return Chest(x, y);
        if (Z > diaphragm - DiaphragmMm) return Tissue.Diaphragm;
        if (IsRetroperitoneal(x, y)) return Tissue.RetroperitonealFat;
        return WallDistance(cavity) < _plan.Rim || Z > diaphragm - DiaphragmMm - _plan.Rim ? Tissue.PeritonealRim : Tissue.PeritonealFat;
    }

    /// <summary>0 at the cavity's centre, 1 at its wall; a square of a distance.</summary>
    public float CavityAt(float x, float y) => Oval(x, y, CavityA, CavityB, CavityB, 0.15f);

    /// <summary>Millimetres to the cavity's wall, for a value of <see cref="CavityAt"/>.</summary>
    public float WallDistance(float cavity) => (1 - MathF.Sqrt(cavity)) * 0.5f * (CavityA + CavityB);

    /// <summary>Height of the diaphragm's upper side over a place.</summary>
    public float DiaphragmAt(float x, float y)
    {
        float right = Dome(x, y, -0.46f, _plan.DomeRight), left = Dome(-x, y, -0.48f, _plan.DomeLeft);
        return MathF.Max(right, left);
    }

    private float Dome(float x, float y, float apex, float height)
    {
        float a = _plan.CavityA, b = _plan.CavityB * 1.04f;
        float apexX = apex * a, apexY = -0.12f * b;
        var dx = x < apexX ? (x - apexX) / (a + apexX) : (x - apexX) / (1.1f * a);
        var dy = y < apexY ? (y - apexY) / (b + apexY) : (y - apexY) / (b - apexY);
        float u = dx * dx, v = dy * dy, r = u + v;
        var steep = ((x < apexX ? 74f : 24f) * u + (y < apexY ? 40f : 92f) * v) / (r + 1e-6f);
        return height - steep * r * (0.2f + 0.8f * r) * _plan.Stature; // flat on top, steep at the wall
    }

    /// <summary>Ribs and muscle. Beside the thick muscles of the back the wall of the flank is thin, with fat behind it.</summary>
    private Tissue Wall(float x, float y, float cavity)
    {
        var depth = -WallDistance(cavity);
        var beside = MathF.Max(0, MathF.Abs(x) / CavityA - 0.42f) * 4;
        if (y > 0 && depth > MathF.Max(_flank, 11) + _plan.Back * MathF.Max(0, 1 - beside * beside)) return Tissue.SubcutaneousFat;
        return Ribs.At(_plan, this, x, y, depth);
    }

    private Tissue Chest(float x, float y)
    {
        var half = y > 0.25f * CavityB ? 26f : 9f;
        if (MathF.Abs(x) < half) return Tissue.MediastinalFat;
        return x < 0 ? Tissue.LungRight : Tissue.LungLeft;
    }

    private bool IsRetroperitoneal(float x, float y)
    {
        if (Level < PelvicFloor) return true;
        float u = x / (0.74f * CavityA), v = (y - CavityB) / (0.72f * CavityB);
        return u * u + v * v < 1;
    }

    private static float Oval(float x, float y, float a, float front, float back, float squareness)
    {
        var b = y < 0 ? front : back;
        float u = x * x / (a * a), v = y * y / (b * b);
        return u + v - squareness * u * v;
    }
}
