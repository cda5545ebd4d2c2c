using Kendt.Maths;
using Kendt.Unify.Matching.Normalise;

namespace Kendt.Unify.Matching;

/// <summary>Texts compared word by word; order does not matter, and misspelt words count for what they are alike.</summary>
internal static class WordsAlike
{
    private const double LeastAlike = 0.9;

    /// <summary>The level of two texts by the rarity of the words they have in common.</summary>
    public static int Level(FieldValues values, in Feature a, in Feature b)
    {
        var share = Share(values.Words, values.Words.List(a.Number, a.Part), values.Words.List(b.Number, b.Part));
        return share >= 0.9 ? 2 : share >= 0.75 ? 3 : share >= 0.55 ? 4 : share >= 0.3 ? 5 : 6;
    }

    /// <summary>Rarity of the common words over that of all words, 0 to 1; symmetric.</summary>
    private static double Share(WordIndex index, ReadOnlySpan<int> left, ReadOnlySpan<int> right)
    {
        if (left.Length > right.Length) return Share(index, right, left);
        var rarity = index.Rarity;
        double all = 0, common = 0;
        ulong taken = 0, met = 0;
        for (var i = 0; i < right.Length; i++) all += rarity[right[i]];
        for (var i = 0; i < left.Length; i++)
        {
            all += rarity[left[i]];
            var at = right.IndexOf(left[i]);
            if (at < 0) continue;
            met |= 1UL << i;
            taken |= 1UL << at;
            common += 2 * rarity[left[i]];
        }
        for (var i = 0; i < left.Length; i++)
        {
            if ((met >> i & 1) != 0) continue;
            var (best, alike) = (-1, 0.0);
            for (var j = 0; j < right.Length; j++)
            {
                if ((taken >> j & 1) != 0 || Alike(index, left[i], right[j]) is not (> 0 and var likeness) || likeness <= alike) continue;
                (best, alike) = (j, likeness);
            }
            if (best < 0) continue;
            taken |= 1UL << best;
            common += alike * (rarity[left[i]] + rarity[right[best]]);
        }
        return all <= 0 ? 0 : common / all;
    }

    // Abbreviations (deli, delicatessen) count half.
    private static double Alike(WordIndex index, int left, int right)
    {
        var x = index.Word(left);
        var y = index.Word(right);
        var common = CharacterSet.Common(index.Set(left), x.Length, index.Set(right), y.Length);
        if (Math.Min(x.Length, y.Length) >= 3 && Math.Abs(x.Length - y.Length) <= 2 && TextDistance.JaroWinklerAtMost(common, x.Length, y.Length) >= LeastAlike && TextDistance.JaroWinkler(x, y) is >= LeastAlike and var alike) return alike;
        return x.Length != y.Length && Math.Min(x.Length, y.Length) >= 3 && (x.StartsWith(y) || y.StartsWith(x)) ? 0.5 : Math.Min(x.Length, y.Length) == 1 && x[0] == y[0] ? 0.25 : 0;
    }

    /// <summary>Whether most letters of two texts are in words that both have.</summary>
    public static bool ShareMost(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        var common = 0;
        var words = new Words(left);
        while (words.Next())
        {
            var others = new Words(right);
            var best = 0;
            while (others.Next())
            {
                var x = words.Current;
                var y = others.Current;
                if (x.SequenceEqual(y) || Math.Min(x.Length, y.Length) > 3 && TextDistance.JaroWinkler(x, y) >= 0.9) best = Math.Max(best, x.Length + y.Length);
            }
            common += best;
        }
        return common >= 0.75 * (left.Length + right.Length - left.Count((byte)' ') - right.Count((byte)' '));
    }
}
