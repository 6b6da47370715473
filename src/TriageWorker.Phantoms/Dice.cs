namespace TriageWorker.Phantoms;

/// <summary>Seeded random draws (xoshiro256**). Each topic has a stream of its own, so that a new draw in one organ moves no other.</summary>
internal sealed class Dice
{
    private ulong _a, _b, _c, _d;

    private Dice(ulong seed)
    {
        _a = Mix(ref seed);
        _b = Mix(ref seed);
        _c = Mix(ref seed);
        _d = Mix(ref seed);
    }

    public static Dice For(int seed, string topic)
    {
        var hash = 14695981039346656037UL; // FNV-1a, 64 bit
        foreach (var letter in topic) hash = (hash ^ letter) * 1099511628211UL;
        return new Dice(hash ^ ((ulong)(uint)seed * 0x9E3779B97F4A7C15UL));
    }

    public ulong Next()
    {
        var result = ulong.RotateLeft(_b * 5, 7) * 9;
        var t = _b << 17;
        _c ^= _a;
        _d ^= _b;
        _b ^= _c;
        _a ^= _d;
        _c ^= t;
        _d = ulong.RotateLeft(_d, 45);
        return result;
    }

    /// <summary>0 (included) to 1 (excluded).</summary>
    public double Unit() => (Next() >> 11) * (1.0 / (1UL << 53));

    public float Uniform(double low, double high) => (float)(low + (high - low) * Unit());

    public float LogUniform(double low, double high) => (float)(low * Math.Pow(high / low, Unit()));

    /// <summary>About normal (a sum of twelve), so never further out than six deviations.</summary>
    public float Gauss(double mean, double deviation)
    {
        var sum = -6.0;
        for (var i = 0; i < 12; i++) sum += Unit();
        return (float)(mean + deviation * sum);
    }

    public bool Chance(double probability) => Unit() < probability;

    public int Count(int low, int high) => low + (int)(Unit() * (high - low + 1));

    private static ulong Mix(ref ulong state) // splitmix64
    {
        var z = state += 0x9E3779B97F4A7C15UL;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}
