using Kendt.Maths;
using Kendt.Unify.Matching;

namespace Kendt.Unify.Batch;

/// <summary>Two units that matching holds for one customer.</summary>
/// <param name="Left">The row of the unit among all of its kind.</param>
/// <param name="Rule">The rule that says so; null where it was learnt.</param>
internal sealed record Tie(int Left, int Right, double Bits, string? Rule);

/// <summary>
/// Joins groups whose units are in one cluster, by the surest pairs, so that few links hold a customer together. Sources that hold nobody twice
/// are minded here: two of their records do not come together.
/// </summary>
internal sealed class Joining(GroupBook groups)
{
    private readonly DisjointSets _sets = new(groups.Count);

    /// <summary>The number of the customer that a group is part of.</summary>
    public int Of(int group) => _sets.Find(group);

    /// <summary>Joins the groups of one kind.</summary>
    /// <returns>The pairs that joined something, the surest first.</returns>
    public IReadOnlyList<Tie> Run(KindRun kind, CancellationToken cancel)
    {
        var next = kind.HasCleanSources ? Rings(kind) : [];
        var ties = new List<Tie>();
        foreach (var edge in kind.Edges)
        {
            var (left, right) = (kind.Matcher.RowOf(edge.Left), kind.Matcher.RowOf(edge.Right));
            if (kind.Clusters[left] != kind.Clusters[right] || !kind.Counts(edge)) continue;
            var (a, b) = (_sets.Find(kind.Group(left)), _sets.Find(kind.Group(right)));
            if (a == b) continue;
            cancel.ThrowIfCancellationRequested();
            if (kind.HasCleanSources)
            {
                if (ShareCleanSource(kind, next, edge)) continue;
                (next[edge.Left], next[edge.Right]) = (next[edge.Right], next[edge.Left]);
            }
            _sets.Join(a, b);
            ties.Add(new(left, right, edge.Weight, kind.Matcher.RuleOf(edge)));
        }
        return ties;
    }

    // The records of a group are a ring.
    private static int[] Rings(KindRun kind)
    {
        var next = new int[kind.Count];
        var first = new Dictionary<int, int>();
        for (var record = 0; record < next.Length; record++)
        {
            next[record] = record;
            if (first.TryAdd(kind.GroupOf(record), record)) continue;
            var with = first[kind.GroupOf(record)];
            (next[record], next[with]) = (next[with], next[record]);
        }
        return next;
    }

    private static bool ShareCleanSource(KindRun kind, int[] next, Edge edge)
    {
        var a = edge.Left;
        do
        {
            var b = edge.Right;
            do if (kind.SourceOf(a) == kind.SourceOf(b) && kind.IsClean(a)) return true;
            while ((b = next[b]) != edge.Right);
        }
        while ((a = next[a]) != edge.Left);
        return false;
    }
}
