using Kendt.Maths;

namespace Kendt.Unify.Matching;

/// <summary>
/// Makes clusters of pairs, the most certain first. Two clusters become one only if their members, each with each, look like one person: a
/// father who shares everything but first name and birth date with his son may be tied to him by one poor record, and the other records say no.
/// </summary>
internal static class Clustering
{
    // So many members of each side are looked at; the rest are like them.
    private const int Looked = 8;

    /// <returns>For each record the number of its cluster, from 0.</returns>
    public static int[] Make(RecordSet records, Edges edges, Scorer scorer, CancellationToken cancel)
    {
        var sets = new DisjointSets(records.Count);
        // The members of a set are a ring.
        var next = new int[records.Count];
        for (var i = 0; i < next.Length; i++) next[i] = i;
        Span<int> left = stackalloc int[Looked], right = stackalloc int[Looked];
        foreach (var edge in edges.All)
        {
            if (edge.Weight < edges.Threshold) break;
            var (a, b) = (sets.Find(edge.Left), sets.Find(edge.Right));
            if (a == b) continue;
            cancel.ThrowIfCancellationRequested();
            if (records.Sources is { } sources && ShareSource(sources, next, edge.Left, edge.Right)) continue;
            if (sets.Size(a) + sets.Size(b) > 2 && !Agree(scorer, left[..Members(next, edge.Left, left)], right[..Members(next, edge.Right, right)])) continue;
            sets.Join(a, b);
            (next[edge.Left], next[edge.Right]) = (next[edge.Right], next[edge.Left]);
        }
        var clusters = new int[records.Count];
        var numbers = new Dictionary<int, int>();
        for (var record = 0; record < clusters.Length; record++)
        {
            var root = sets.Find(record);
            if (!numbers.TryGetValue(root, out var number)) numbers[root] = number = numbers.Count;
            clusters[record] = number;
        }
        return clusters;
    }

    private static bool Agree(Scorer scorer, ReadOnlySpan<int> left, ReadOnlySpan<int> right)
    {
        double sum = 0;
        foreach (var a in left) foreach (var b in right) sum += Say(scorer, a, b);
        return sum > 0;
    }

    // What a pair says: probable pairs are for one cluster, contradictions against it, and pairs that say little are a little against it. One pair
    // can say much, but not outweigh all others.
    private static double Say(Scorer scorer, int a, int b)
    {
        var (weight, evidence) = scorer.Judge(Math.Min(a, b), Math.Max(a, b));
        return weight > 0 ? Math.Min(weight, 10) : Math.Clamp(evidence, -20, 0) - 1.5;
    }

    private static int Members(int[] next, int first, Span<int> into)
    {
        var count = 0;
        var member = first;
        do into[count++] = member;
        while ((member = next[member]) != first && count < into.Length);
        return count;
    }

    private static bool ShareSource(int[] sources, int[] next, int left, int right)
    {
        var a = left;
        do
        {
            var b = right;
            do if (sources[a] == sources[b]) return true;
            while ((b = next[b]) != right);
        }
        while ((a = next[a]) != left);
        return false;
    }
}
