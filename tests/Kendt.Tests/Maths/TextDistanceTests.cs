using System.Text;
using CsCheck;
using Kendt.Maths;

namespace Kendt.Tests.Maths;

/// <summary>The bit-parallel comparisons say what the definitions say, and the bounds before them never lie.</summary>
public sealed class TextDistanceTests
{
    // Few letters, so that texts are often alike; all lengths that fit the words of the machine, and their edges.
    private static readonly Gen<byte[]> Text = Gen.Select(Gen.OneOf(Gen.Int[0, 12], Gen.Int[30, 34], Gen.Int[62, 64]), Gen.Int[2, 8], Gen.Int)
        .Select((length, letters, seed) =>
        {
            var chance = new Chance((ulong)seed);
            return Enumerable.Range(0, length).Select(_ => (byte)('a' + chance.Below(letters))).ToArray();
        });

    [Fact]
    public void Jaro_Winkler_is_what_its_definition_says() =>
        Gen.Select(Text, Text).Sample((a, b) => Assert.Equal(JaroWinkler(a, b), TextDistance.JaroWinkler(a, b), 12), iter: 5000);

    [Fact]
    public void Edits_are_what_their_definition_says_and_symmetric() => Gen.Select(Text, Text).Sample((a, b) =>
    {
        var edits = TextDistance.Edits(a, b);
        Assert.Equal(Edits(a, b), edits);
        Assert.Equal(edits, TextDistance.Edits(b, a));
        Assert.Equal(a.AsSpan().SequenceEqual(b), edits == 0);
    }, iter: 5000);

    [Fact]
    public void Equal_texts_are_wholly_alike_and_nothing_is_outside_0_and_1() => Gen.Select(Text, Text).Sample((a, b) =>
    {
        Assert.Equal(1, TextDistance.JaroWinkler(a, a), 12);
        Assert.InRange(TextDistance.JaroWinkler(a, b), 0, 1);
    });

    [Fact]
    public void Character_sets_never_rule_out_what_is_alike() => Gen.Select(Text, Text).Where((a, b) => a.Length > 0 && b.Length > 0).Sample((a, b) =>
    {
        var common = CharacterSet.Common(CharacterSet.Of(a), a.Length, CharacterSet.Of(b), b.Length);
        Assert.True(common >= a.GroupBy(c => c).Sum(g => Math.Min(g.Count(), b.Count(c => c == g.Key))));
        Assert.True(TextDistance.JaroWinklerAtMost(common, a.Length, b.Length) >= TextDistance.JaroWinkler(a, b) - 1e-12);
    }, iter: 5000);

    [Theory]
    [InlineData("martha", "marhta", 0.9611)]
    [InlineData("dwayne", "duane", 0.84)]
    [InlineData("dixon", "dicksonx", 0.8133)]
    public void Published_examples(string left, string right, double alike) =>
        Assert.Equal(alike, TextDistance.JaroWinkler(Encoding.ASCII.GetBytes(left), Encoding.ASCII.GetBytes(right)), 4);

    private static double JaroWinkler(byte[] a, byte[] b)
    {
        if (a.Length == 0 || b.Length == 0) return a.Length == b.Length ? 1 : 0;
        var reach = Math.Max(0, Math.Max(a.Length, b.Length) / 2 - 1);
        var (hitA, hitB) = (new bool[a.Length], new bool[b.Length]);
        for (var i = 0; i < a.Length; i++)
        {
            for (var j = Math.Max(0, i - reach); j <= Math.Min(b.Length - 1, i + reach); j++)
            {
                if (hitB[j] || a[i] != b[j]) continue;
                hitA[i] = hitB[j] = true;
                break;
            }
        }
        var (x, y) = (a.Where((_, i) => hitA[i]).ToArray(), b.Where((_, j) => hitB[j]).ToArray());
        if (x.Length == 0) return 0;
        double m = x.Length;
        var moved = x.Where((c, i) => c != y[i]).Count() / 2;
        var jaro = (m / a.Length + m / b.Length + (m - moved) / m) / 3;
        var prefix = a.Zip(b).Take(4).TakeWhile(p => p.First == p.Second).Count();
        return jaro + prefix * 0.1 * (1 - jaro);
    }

    private static int Edits(byte[] a, byte[] b)
    {
        var d = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++) d[i, 0] = i;
        for (var j = 0; j <= b.Length; j++) d[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                d[i, j] = Math.Min(Math.Min(d[i - 1, j] + 1, d[i, j - 1] + 1), d[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
            }
        }
        return d[a.Length, b.Length];
    }
}
