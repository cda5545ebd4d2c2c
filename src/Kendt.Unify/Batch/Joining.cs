using Kendt.Maths;
using Kendt.Unify.Matching;

namespace Kendt.Unify.Batch;

/// <summary>Two units that matching holds for one customer.</summary>
/// <param name="Left">The place of the unit among all of its kind.</param>
internal sealed record Tie(int Left, int Right, double Bits);

/// <summary>
/// Joins groups by matched pairs, the surest first. Two become one only if their units, each with each, look like one customer, and only if
/// nobody decided that they are different.
/// </summary>
internal sealed class Joining
{
    // So many units of each side are looked at; the rest are like them.
    private const int Looked = 3;

    private readonly DisjointSets _sets;
    private readonly Dictionary<int, List<int>> _never = [];

    public Joining(GroupBook groups)
    {
        _sets = new(groups.Count);
        foreach (var (left, right) in groups.Never)
        {
            Apart(left).Add(right);
            Apart(right).Add(left);
        }
    }

    /// <summary>Pairs that were not joined because somebody decided so, and because the rest of the two contradicts them.</summary>
    public long Forbidden { get; private set; }

    public long Contradicted { get; private set; }

    /// <summary>The number of the customer that a group is part of.</summary>
    public int Of(int group) => _sets.Find(group);

    /// <summary>Joins the groups of one kind.</summary>
    /// <returns>The pairs that joined something, the surest first.</returns>
    public IReadOnlyList<Tie> Run(KindRun kind, IReadOnlyList<Edge> edges, double threshold, CancellationToken cancel)
    {
        var next = Rings(kind);
        var ties = new List<Tie>();
        Span<int> left = stackalloc int[Looked], right = stackalloc int[Looked];
        foreach (var edge in edges)
        {
            if (edge.Weight < threshold) break;
            var (a, b) = (_sets.Find(kind.GroupOf(edge.Left)), _sets.Find(kind.GroupOf(edge.Right)));
            if (a == b) continue;
            cancel.ThrowIfCancellationRequested();
            if (IsForbidden(a, b))
            {
                Forbidden++;
                continue;
            }
            var (some, others) = (Members(next, edge.Left, left), Members(next, edge.Right, right));
            if (ShareCleanSource(kind, next, edge) || some + others > 2 && !Agree(kind, left[..some], right[..others]))
            {
                Contradicted++;
                continue;
            }
            Join(a, b);
            (next[edge.Left], next[edge.Right]) = (next[edge.Right], next[edge.Left]);
            ties.Add(new(kind.Matcher.RowOf(edge.Left), kind.Matcher.RowOf(edge.Right), edge.Weight));
        }
        return ties;
    }

    private void Join(int a, int b)
    {
        var root = _sets.Join(a, b);
        var gone = root == a ? b : a;
        if (_never.Remove(gone, out var apart)) Apart(root).AddRange(apart);
    }

    private bool IsForbidden(int a, int b) => _never.TryGetValue(a, out var apart) && apart.Exists(g => _sets.Find(g) == b);

    private List<int> Apart(int group) => _never.TryGetValue(group, out var apart) ? apart : _never[group] = [];

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

    private static int Members(int[] next, int first, Span<int> into)
    {
        var count = 0;
        var member = first;
        do into[count++] = member;
        while ((member = next[member]) != first && count < into.Length);
        return count;
    }

    // What a pair says: probable pairs are for it, contradictions against, and pairs that say little are a little against it.
    private static bool Agree(KindRun kind, ReadOnlySpan<int> left, ReadOnlySpan<int> right)
    {
        double sum = 0;
        foreach (var a in left)
        {
            foreach (var b in right)
            {
                var (weight, evidence) = kind.Matcher.Judge(a, b);
                sum += weight > 0 ? Math.Min(weight, 10) : Math.Clamp(evidence, -20, 0) - 1.5;
            }
        }
        return sum > 0;
    }

    // A source that holds nobody twice.
    private static bool ShareCleanSource(KindRun kind, int[] next, Edge edge)
    {
        if (!kind.HasCleanSources) return false;
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
