namespace TriageWorker.Phantoms.Drawing;

/// <summary>A smooth curve through a few knots, flat at each of them and beyond the ends: how a measure changes along the body.</summary>
internal sealed class Profile(params (float At, float Value)[] knots)
{
    public float At(float place)
    {
        if (place <= knots[0].At) return knots[0].Value;
        for (var i = 1; i < knots.Length; i++)
        {
            if (place > knots[i].At) continue;
            var (from, to) = (knots[i - 1], knots[i]);
            var t = (place - from.At) / (to.At - from.At);
            return from.Value + (to.Value - from.Value) * t * t * (3 - 2 * t);
        }

        return knots[^1].Value;
    }
}
