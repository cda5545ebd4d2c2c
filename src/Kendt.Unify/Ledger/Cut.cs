using Kendt.Model;

namespace Kendt.Unify;

/// <summary>
/// Which links to take away so that two identifiers no longer hang together: a least cut of the link graph, by augmenting
/// along shortest paths (Edmonds and Karp 1972). Few and weak links are taken before many and strong ones, and of equals
/// the newer, since older evidence has stood longer.
/// </summary>
internal static class Cut
{
    /// <summary>The links to take; null if only what a person confirmed holds them together.</summary>
    internal static IReadOnlyList<Link>? Between(Identifier left, Identifier right, IReadOnlyList<Link> links)
    {
        var places = new Dictionary<Identifier, int>();
        foreach (var link in links) { places.TryAdd(link.Left, places.Count); places.TryAdd(link.Right, places.Count); }
        if (!places.TryGetValue(left, out var source) || !places.TryGetValue(right, out var sink)) return [];
        var ordered = links.OrderByDescending(l => l.At).ThenBy(l => l.Left.ToString(), StringComparer.Ordinal).ThenBy(l => l.Right.ToString(), StringComparer.Ordinal).ThenBy(l => l.Rule, StringComparer.Ordinal).ToList();
        var unit = (long)ordered.Count * ordered.Count + 1; // the ages of all links together weigh less than one link
        var free = new long[ordered.Count * 2];             // room on a link in both directions: 2i from its left end, 2i + 1 from its right
        var at = Enumerable.Range(0, places.Count).Select(_ => new List<int>()).ToArray();
        for (var i = 0; i < ordered.Count; i++)
        {
            free[2 * i] = free[2 * i + 1] = ordered[i].Rule == Link.Confirmed ? long.MaxValue / 4 : Math.Max(1, (long)(ordered[i].Weight * 1000)) * unit + i;
            at[places[ordered[i].Left]].Add(2 * i);
            at[places[ordered[i].Right]].Add(2 * i + 1);
        }
        int To(int edge) => places[(edge & 1) == 0 ? ordered[edge >> 1].Right : ordered[edge >> 1].Left];

        while (true)
        {
            var by = Reach(source, at, free, To);
            if (by[sink] < 0)
                return [.. ordered.Where(l => (by[places[l.Left]] >= 0) != (by[places[l.Right]] >= 0))];
            var room = long.MaxValue;
            for (var place = sink; place != source; place = To(by[place] ^ 1)) room = Math.Min(room, free[by[place]]);
            if (room >= long.MaxValue / 8) return null;
            for (var place = sink; place != source; place = To(by[place] ^ 1)) { free[by[place]] -= room; free[by[place] ^ 1] += room; }
        }
    }

    // For each place the edge by which it was reached, -1 if it was not; the source has an edge that nobody follows.
    private static int[] Reach(int source, List<int>[] at, long[] free, Func<int, int> to)
    {
        var by = new int[at.Length];
        Array.Fill(by, -1);
        by[source] = int.MaxValue;
        var queue = new Queue<int>([source]);
        while (queue.TryDequeue(out var place))
        {
            foreach (var edge in at[place])
            {
                var next = to(edge);
                if (free[edge] <= 0 || by[next] >= 0) continue;
                by[next] = edge;
                queue.Enqueue(next);
            }
        }
        return by;
    }
}
