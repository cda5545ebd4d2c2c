using System.Runtime.InteropServices;
using Kendt.Maths;
using Kendt.Unify.Matching.Rules;

namespace Kendt.Unify.Matching;

/// <summary>Why two records that looked like one were kept apart.</summary>
public enum RefusedFor
{
    /// <summary>Somebody said that they are two, or that two others of their clusters are.</summary>
    Never,

    /// <summary>Both clusters have a record of one source, and sources are without duplicates.</summary>
    SameSource,

    /// <summary>Their clusters have birth dates that are no typing errors of each other.</summary>
    BirthDate,

    /// <summary>Their clusters have official numbers (national id, registration number) that are no typing errors of each other.</summary>
    OfficialNumber,

    /// <summary>Together they would have more e-mail addresses or telephone numbers than one person has.</summary>
    TooMany,

    /// <summary>They have another first name at the same address with the same last name, and nothing else ties them: father and son.</summary>
    Family,

    /// <summary>The other members of their clusters do not look like one person.</summary>
    Members,
}

/// <summary>Two records that were kept apart although they looked like one.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Refused(int Left, int Right, float Weight, RefusedFor Because);

/// <summary>What was decided before clustering: pairs of records that are one, pairs that are two; whether sources are cleaned first.</summary>
internal sealed record Decided((int Left, int Right)[] Always, (int Left, int Right)[] Never, bool CleanFirst);

/// <summary>For each record the number of its cluster, from 0; how many there are; what was refused; and the pairs that joined something, the surest first.</summary>
public sealed record Clusters(int[] OfRecord, int Count, IReadOnlyList<Refused> Refused, IReadOnlyList<Edge> Ties);

/// <summary>
/// Makes clusters of pairs, the most certain first. Two clusters become one only if their members, each with each, look like one person: a
/// father who shares everything but first name and birth date with his son may be tied to him by one poor record, and the other records say no.
/// </summary>
internal sealed class Clustering
{
    // So many members of each side are looked at; the rest are like them.
    private const int Looked = 8;

    private readonly RecordSet _records;
    private readonly Scorer? _scorer;
    private readonly Contradictions _contradictions;
    private readonly DisjointSets _sets;
    // The members of a set are a ring.
    private readonly int[] _next;
    // By root: the records that no member may come together with.
    private readonly Dictionary<int, List<int>> _never = [];
    private readonly List<Refused> _refused = [];
    private readonly List<Edge> _ties = [];

    private Clustering(RecordSet records, Scorer? scorer)
    {
        (_records, _scorer, _sets, _contradictions) = (records, scorer, new(records.Count), new(records, scorer?.Weights));
        _next = new int[records.Count];
        for (var i = 0; i < _next.Length; i++) _next[i] = i;
    }

    public static Clusters Make(RecordSet records, Edges edges, Scorer? scorer, Decided decided, CancellationToken cancel)
    {
        var clustering = new Clustering(records, scorer);
        foreach (var (left, right) in decided.Never)
        {
            clustering.Forbid(left, right);
            clustering.Forbid(right, left);
        }
        foreach (var (left, right) in decided.Always) clustering.Try(new(left, right, float.PositiveInfinity, RuleSet.None), isDecided: true);
        if (decided.CleanFirst) clustering.Run(edges, sameSource: true, cancel);
        clustering.Run(edges, sameSource: false, cancel);
        return clustering.Finish();
    }

    private void Forbid(int record, int other) => (CollectionsMarshal.GetValueRefOrAddDefault(_never, record, out _) ??= []).Add(other);

    private void Run(Edges edges, bool sameSource, CancellationToken cancel)
    {
        foreach (var edge in edges.All)
        {
            if (edge.Rule == RuleSet.None && edge.Weight < edges.Threshold) break;
            if (sameSource && _records.Sources![edge.Left] != _records.Sources[edge.Right]) continue;
            cancel.ThrowIfCancellationRequested();
            Try(edge, isDecided: false);
        }
    }

    private void Try(Edge edge, bool isDecided)
    {
        var (a, b) = (_sets.Find(edge.Left), _sets.Find(edge.Right));
        if (a == b) return;
        if (Against(edge, a, b, isDecided) is { } because)
        {
            _refused.Add(new(edge.Left, edge.Right, edge.Weight, because));
            return;
        }
        if (!isDecided) _ties.Add(edge);
        var root = _sets.Join(a, b);
        (_next[edge.Left], _next[edge.Right]) = (_next[edge.Right], _next[edge.Left]);
        if (_never.Count > 0) Inherit(root, root == a ? b : a);
    }

    private RefusedFor? Against(Edge edge, int a, int b, bool isDecided)
    {
        if (_never.Count > 0 && IsForbidden(a, b)) return RefusedFor.Never;
        if (isDecided) return null;
        if (_records.HasCleanSources && ShareSource(edge.Left, edge.Right)) return RefusedFor.SameSource;
        Span<int> left = stackalloc int[Contradictions.Looked], right = stackalloc int[Contradictions.Looked];
        left = left[..Members(edge.Left, left)];
        right = right[..Members(edge.Right, right)];
        if (_contradictions.Between(left, right, isRule: edge.Rule != RuleSet.None) is { } contradiction) return contradiction;
        if (edge.Rule != RuleSet.None || _scorer is null || left.Length + right.Length == 2) return null;
        return Agree(_scorer, left[..Math.Min(Looked, left.Length)], right[..Math.Min(Looked, right.Length)]) ? null : RefusedFor.Members;
    }

    private bool IsForbidden(int a, int b)
    {
        if (!_never.TryGetValue(a, out var others)) return false;
        foreach (var other in others) if (_sets.Find(other) == b) return true;
        return false;
    }

    private void Inherit(int root, int joined)
    {
        if (!_never.Remove(joined, out var others)) return;
        if (_never.TryGetValue(root, out var known)) known.AddRange(others);
        else _never[root] = others;
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

    private int Members(int first, Span<int> into)
    {
        var count = 0;
        var member = first;
        do into[count++] = member;
        while ((member = _next[member]) != first && count < into.Length);
        return count;
    }

    private bool ShareSource(int left, int right)
    {
        var a = left;
        do
        {
            var b = right;
            do if (_records.AreOfCleanSource(a, b)) return true;
            while ((b = _next[b]) != right);
        }
        while ((a = _next[a]) != left);
        return false;
    }

    private Clusters Finish()
    {
        var clusters = new int[_records.Count];
        var numbers = new int[_records.Count];
        var count = 0;
        for (var record = 0; record < clusters.Length; record++)
        {
            ref var number = ref numbers[_sets.Find(record)];
            if (number == 0) number = ++count;
            clusters[record] = number - 1;
        }
        _refused.RemoveAll(r => clusters[r.Left] == clusters[r.Right]);
        return new(clusters, count, _refused, _ties);
    }
}
