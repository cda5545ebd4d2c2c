using System.Globalization;
using System.Numerics;

namespace Kendt.Samples;

/// <summary>
/// Seeded chance that can be split: every person, campaign and file throws its own dice, so that adding one does not change
/// the others. SplitMix64 (Steele, Lea and Flood, 2014), the same on every machine.
/// </summary>
internal sealed class Dice(ulong state)
{
    private const ulong Golden = 0x9E3779B97F4A7C15;
    private ulong state = state;

    /// <summary>The dice of one stream ("life", "feed") and one number in it.</summary>
    public static Dice For(int seed, string stream, long index = 0)
    {
        var hash = 14695981039346656037UL;
        foreach (var letter in stream) hash = (hash ^ letter) * 1099511628211UL;
        return new Dice(Mix(Mix(hash ^ (uint)seed) + (ulong)index * Golden));
    }

    /// <summary>A bijection of 64 bits that looks like chance.</summary>
    public static ulong Mix(ulong x)
    {
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }

    public ulong Next() => Mix(state += Golden);

    /// <summary>Uniform in [0, 1).</summary>
    public double Unit() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A whole number in [0, count).</summary>
    public int Below(int count) => (int)Math.BigMul(Next(), (ulong)count, out _);

    /// <summary>A whole number in [low, high].</summary>
    public int Between(int low, int high) => low + Below(high - low + 1);

    public double Between(double low, double high) => low + (high - low) * Unit();

    public bool Chance(double probability) => Unit() < probability;

    public T Pick<T>(IReadOnlyList<T> list) => list[Below(list.Count)];

    /// <summary>Picks early elements more often, as names are given: a power of 1 is even, 2 is steep.</summary>
    public T PickEarly<T>(IReadOnlyList<T> list, double power) => list[(int)(list.Count * Math.Pow(Unit(), power))];

    /// <summary>The place of one weight, chosen in proportion to the weights.</summary>
    public int Weighted(ReadOnlySpan<double> weights)
    {
        var sum = 0.0;
        foreach (var weight in weights) sum += weight;
        var at = Unit() * sum;
        for (var i = 0; i < weights.Length - 1; i++)
        {
            at -= weights[i];
            if (at < 0) return i;
        }

        return weights.Length - 1;
    }

    public double Normal(double mean, double deviation) =>
        mean + deviation * Math.Sqrt(-2 * Math.Log(1 - Unit())) * Math.Cos(2 * Math.PI * Unit());

    public double Exponential(double mean) => -mean * Math.Log(1 - Unit());

    /// <summary>Gamma by Marsaglia and Tsang (2000), with the boost of Ahrens for shapes below one.</summary>
    public double Gamma(double shape, double mean)
    {
        var boost = shape < 1 ? Math.Pow(1 - Unit(), 1 / shape) : 1;
        var d = (shape < 1 ? shape + 1 : shape) - 1.0 / 3;
        while (true)
        {
            var x = Normal(0, 1);
            var v = 1 + x / Math.Sqrt(9 * d);
            if (v <= 0) continue;
            v = v * v * v;
            if (Math.Log(1 - Unit()) < 0.5 * x * x + d - d * v + d * Math.Log(v)) return d * v * boost * mean / shape;
        }
    }

    /// <summary>Poisson by multiplication (Knuth), for small means.</summary>
    public int Poisson(double mean)
    {
        if (mean <= 0) return 0;
        var limit = Math.Exp(-mean);
        var count = 0;
        for (var product = Unit(); product > limit; product *= Unit()) count++;
        return count;
    }

    public void Shuffle<T>(IList<T> list)
    {
        for (var i = list.Count - 1; i > 0; i--)
        {
            var other = Below(i + 1);
            (list[i], list[other]) = (list[other], list[i]);
        }
    }

    /// <summary>A random (version 4) UUID, lower case.</summary>
    public string Uuid()
    {
        var high = (Next() & 0xFFFFFFFFFFFF0FFF) | 0x4000;
        var low = (Next() & 0x3FFFFFFFFFFFFFFF) | 0x8000000000000000;
        var value = ((UInt128)high << 64) | low;
        return new Guid(BigEndian(value), bigEndian: true).ToString("D", CultureInfo.InvariantCulture);
    }

    private static byte[] BigEndian(UInt128 value)
    {
        var bytes = new byte[16];
        ((IBinaryInteger<UInt128>)value).WriteBigEndian(bytes);
        return bytes;
    }
}
