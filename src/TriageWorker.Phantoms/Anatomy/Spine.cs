using TriageWorker.Phantoms.Drawing;

namespace TriageWorker.Phantoms.Anatomy;

/// <summary>Vertebrae from T8 to L5 with discs, canal and processes, and the sacrum below.</summary>
internal sealed class Spine : Solid
{
    private const float BottomL5 = -68;
    private static readonly float[] Heights = [34, 35, 35, 35, 34, 31, 30, 29, 29, 28, 28]; // L5 upwards, disc included
    private static readonly TissueSet Soft = TissueSet.Of(Tissue.RetroperitonealFat, Tissue.PeritonealFat, Tissue.PeritonealRim, Tissue.MediastinalFat, Tissue.SubcutaneousFat, Tissue.Muscle);
    private readonly BodyPlan _plan;
    private readonly Profile _centre;
    private readonly float _wide, _deep, _disc;

    public Spine(BodyPlan plan)
        : base(Tissue.Cortex, TissueSet.Inside)
    {
        _plan = plan;
        var dice = Dice.For(plan.Seed, "spine");
        var curve = dice.Uniform(-0.04, 0.04);
        _centre = new Profile((-72, 0.70f + curve), (-30, 0.56f + curve), (25, 0.53f), (90, 0.62f), (150, 0.71f), (230, 0.74f));
        _wide = dice.Uniform(21, 26) * plan.Stature;
        _deep = _wide * dice.Uniform(0.68, 0.78);
        _disc = dice.Uniform(5, 10);
    }

    /// <summary>Middle of the vertebral body at a height.</summary>
    public float CentreAt(float z) => _centre.At(z / _plan.Stature) * _plan.CavityB;

    /// <summary>Front of the vertebral body at a height: where the great vessels lie.</summary>
    public float FrontAt(float z) => CentreAt(z) - _deep;

    public override void Paint(SliceCanvas canvas)
    {
        var level = canvas.Z / _plan.Stature;
        if (level < BottomL5) return;
        var bottom = BottomL5;
        var index = 0;
        while (index < Heights.Length - 1 && level >= bottom + Heights[index]) bottom += Heights[index++];
        var part = level - bottom; // disc first, then the body
        var body = Heights[index] - _disc;
        var inBody = part - _disc; // 0 at the lower end plate
        var shrink = 1 - 0.008f * MathF.Max(0, index - 3);
        Draw(canvas, CentreAt(canvas.Z), _wide * shrink, _deep * shrink, inBody, body);
    }

    private static void Draw(SliceCanvas canvas, float y, float wide, float deep, float inBody, float body)
    {
        var inside = TissueSet.Inside;
        float canalY = y + deep + 9, middle = inBody / body;
        canvas.Ellipse(-34, canalY + 10, 34, 21, 0, Tissue.Muscle, Soft);
        canvas.Ellipse(34, canalY + 10, 34, 21, 0, Tissue.Muscle, Soft);
        if (middle is > 0.3f and < 0.75f) // pedicles and transverse processes
        {
            canvas.Ellipse(-27, canalY - 2, 17, 4.5f, 0.25f, Tissue.Cortex, inside);
            canvas.Ellipse(27, canalY - 2, 17, 4.5f, -0.25f, Tissue.Cortex, inside);
            canvas.Ellipse(0, canalY - 4, 15, 13, 0, Tissue.Cortex, inside);
        }
        else
        {
            canvas.Ellipse(-15, canalY + 5, 7, 9, 0, Tissue.Cortex, inside); // facets
            canvas.Ellipse(15, canalY + 5, 7, 9, 0, Tissue.Cortex, inside);
        }

        if (middle is < 0.55f or > 0.95f) canvas.Ellipse(0, canalY + 22, 4, 14, 0, Tissue.Cortex, inside);
        if (middle is > 0 and < 1)
        {
            var waist = 1 - 0.09f * (1 - 4 * (middle - 0.5f) * (middle - 0.5f));
            canvas.Ellipse(0, y, wide * waist, deep * waist, 0, Tissue.Cortex, inside);
            var plate = MathF.Min(inBody, body - inBody);
            if (plate > 1.5f) canvas.Ellipse(0, y, wide * waist - 1.4f, deep * waist - 1.4f, 0, Tissue.Spongiosa, inside);
        }
        else
        {
            canvas.Ellipse(0, y, wide, deep, 0, Tissue.Disc, inside);
        }

        canvas.Ellipse(0, canalY, 10, 8, 0, Tissue.Cord, inside);
    }
}
