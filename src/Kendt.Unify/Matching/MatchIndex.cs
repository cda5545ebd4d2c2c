using Kendt.Maths;
using Kendt.Model;
using Kendt.Unify.Matching.Blocking;
using Kendt.Unify.Matching.Reading;
using Kendt.Unify.Matching.Rules;

namespace Kendt.Unify.Matching;

/// <summary>A row whose cluster is new or another than before.</summary>
/// <param name="Id">What names the row.</param>
/// <param name="Cluster">Its cluster now.</param>
/// <param name="Before">Its cluster before; null if it is new.</param>
public sealed record Moved(string Id, int Cluster, int? Before);

/// <summary>What stays of a run: records and what compares them.</summary>
internal sealed record Kept(RecordSet Records, RuleSet Rules, IReadOnlyList<ColumnMeaning> Columns, MatchOptions Options, IReadOnlyList<Key> Keys, IReadOnlyList<Atom> Atoms);

/// <summary>
/// A matched table kept in memory: new and changed rows are compared with what they share a block with, and only clusters that they touch are
/// made anew. The outcome is that of a full run with the same weights, but that how rare a value is, and pairs that were left out of large
/// groups or got out of them since, stay as they were. Not safe for several threads.
/// </summary>
public sealed class MatchIndex
{
    private readonly Kept _kept;
    private readonly Scorer? _scorer;
    private readonly double _threshold;
    private readonly Dictionary<string, int> _recordOf = new(StringComparer.Ordinal);
    private readonly List<string> _ids = [];
    private readonly List<int> _clusters;
    private readonly List<(int Left, int Right)> _always, _never;
    private List<Edge> _edges;
    private int _nextCluster;

    internal MatchIndex(Kept kept, Scorer? scorer, Edges edges, Clusters clusters, List<(int, int)> always, List<(int, int)> never)
    {
        (_kept, _scorer, _threshold, _always, _never) = (kept, scorer, edges.Threshold, always, never);
        (_clusters, _nextCluster) = ([.. clusters.OfRecord], clusters.Count);
        _edges = [.. edges.All.TakeWhile(Counts)];
        for (var record = 0; record < kept.Records.Count; record++)
        {
            _ids.Add(kept.Options.Id.Text(kept.Records.Rows[record]));
            _recordOf[_ids[record]] = record;
        }
        Parallel.ForEach(kept.Records.Fields.Select(f => f.Values).Distinct(), values => values.Index());
    }

    /// <summary>How many rows are kept.</summary>
    public int Count => _ids.Count;

    /// <summary>The cluster of a row; null if it is not known.</summary>
    public int? ClusterOf(string id) => _recordOf.TryGetValue(id, out var record) ? _clusters[record] : null;

    /// <summary>Matches new rows, and rows whose values are others than before; those of the same id are replaced.</summary>
    /// <param name="table">Rows with the columns that the index was made of; of columns that are not there nothing is known.</param>
    /// <param name="id">The column that names the rows.</param>
    /// <param name="cancel">Ends the work; the index is then to be thrown away.</param>
    /// <returns>Rows whose cluster is another now. The larger part of a cluster keeps its number.</returns>
    public IReadOnlyList<Moved> Add(Table table, Column id, CancellationToken cancel)
    {
        if (table.Rows == 0) return [];
        var known = _ids.Count;
        var touched = Take(table, id);
        var isTouched = new bool[_ids.Count];
        foreach (var record in touched) isTouched[record] = true;
        var changed = touched.Where(record => record < known).ToHashSet();
        // Whoever was with a changed row may be without it now.
        var restless = new List<int>(touched);
        foreach (var edge in _edges) if (changed.Contains(edge.Left) || changed.Contains(edge.Right)) restless.AddRange([edge.Left, edge.Right]);
        if (changed.Count > 0) _edges.RemoveAll(edge => changed.Contains(edge.Left) || changed.Contains(edge.Right));
        _edges.AddRange(Compare(touched, isTouched, cancel));
        return Regroup(restless, known, cancel);
    }

    // New records, and known ones whose values are others.
    private List<int> Take(Table table, Column id)
    {
        var records = _kept.Records;
        var columns = table.Columns.Where(c => c != id).Select(c => _kept.Columns.FirstOrDefault(k => k.Column.Name == c.Name) is { } was ? was with { Column = c } : new(c, Meaning.Nothing, "")).ToList();
        var made = FieldMaker.Make(columns);
        var numbers = new int[records.Width][];
        for (var f = 0; f < records.Width; f++)
        {
            var (field, values) = (made.FirstOrDefault(m => m.Name == records.Fields[f].Name), records.Fields[f].Values);
            numbers[f] = field is null ? new int[table.Rows] : Array.ConvertAll(field.Rows, number => number == 0 ? 0 : values.Take(field.Values, number));
        }
        foreach (var field in records.Fields) field.Grow();
        foreach (var atom in _kept.Atoms) atom.Grow();
        var touched = new List<int>();
        Span<int> cells = stackalloc int[FieldMaker.Most];
        cells = cells[..records.Width];
        foreach (var row in Enumerable.Range(0, table.Rows).OrderBy(id.Text, StringComparer.Ordinal))
        {
            for (var f = 0; f < cells.Length; f++) cells[f] = numbers[f][row];
            var name = id.Text(row);
            if (name.Length == 0) throw new BadInputException($"Row {row + 1} has no value in '{id.Name}', which names the rows.");
            if (_recordOf.TryGetValue(name, out var record))
            {
                if (records[record].SequenceEqual(cells)) continue;
                records.Replace(record, cells);
            }
            else
            {
                record = _recordOf[name] = records.Append(cells);
                _ids.Add(name);
                _clusters.Add(-1);
            }
            touched.Add(record);
        }
        return [.. touched.Distinct()];
    }

    private List<Edge> Compare(List<int> touched, bool[] isTouched, CancellationToken cancel)
    {
        var (records, options) = (_kept.Records, _kept.Options);
        var blocks = _kept.Keys.Count == 0 ? Blocks.All(records.Count) : Blocks.Make(records, _kept.Keys, options.LargestBlock, touched);
        var found = new List<Edge>();
        Parallel.ForEach(touched.Chunk(2048), new ParallelOptions { CancellationToken = cancel, MaxDegreeOfParallelism = Environment.ProcessorCount }, some =>
        {
            var candidates = new Candidates(records, blocks, isTouched);
            var mine = new List<Edge>();
            foreach (var record in some)
            {
                foreach (var other in candidates.Of(record))
                {
                    var (left, right) = (Math.Min(record, other), Math.Max(record, other));
                    var rule = _kept.Rules.First(left, right);
                    var odds = _scorer?.Odds(left, right, 0) ?? 1;
                    var edge = new Edge(left, right, (float)Math.Log2(odds), rule);
                    if (Counts(edge)) mine.Add(edge);
                }
            }
            lock (found) found.AddRange(mine);
        });
        return found;
    }

    private bool Counts(Edge edge) => edge.Rule != RuleSet.None || _scorer is not null && edge.Weight >= _threshold;

    private List<Moved> Regroup(List<int> restless, int known, CancellationToken cancel)
    {
        // Parts of the graph do not know of each other: only those with somebody restless are made anew.
        var parts = new DisjointSets(_ids.Count);
        foreach (var edge in _edges) parts.Join(parts.Find(edge.Left), parts.Find(edge.Right));
        foreach (var (left, right) in _always) parts.Join(parts.Find(left), parts.Find(right));
        var roots = restless.Select(parts.Find).ToHashSet();
        bool IsHere(int record) => roots.Contains(parts.Find(record));
        var decided = new Decided([.. _always.Where(p => IsHere(p.Left))], [.. _never], CleanFirst: false);
        var clusters = Clustering.Make(_kept.Records, Edges.Of([.. _edges.Where(e => IsHere(e.Left))], _threshold), _scorer, decided, cancel);
        var moved = new List<Moved>();
        var taken = new HashSet<int>();
        var groups = Enumerable.Range(0, _ids.Count).Where(IsHere).GroupBy(record => clusters.OfRecord[record]).Select(g => g.ToArray())
            .SelectMany(g => g.Select(r => _clusters[r]).Append(-1).CountBy(was => was).Select(was => (Members: g, Was: was.Key, Count: was.Key < 0 ? 0 : was.Value)));
        var settled = new HashSet<int>();
        foreach (var (members, was, _) in groups.OrderByDescending(g => g.Count).ThenBy(g => g.Was < 0 ? int.MaxValue : g.Was).ThenBy(g => g.Members[0]).ToList())
        {
            if (settled.Contains(members[0]) || was >= 0 && !taken.Add(was)) continue;
            settled.Add(members[0]);
            var number = was >= 0 ? was : _nextCluster++;
            foreach (var record in members)
            {
                if (_clusters[record] != number || record >= known) moved.Add(new(_ids[record], number, record < known ? _clusters[record] : null));
            }
            foreach (var record in members) _clusters[record] = number;
        }
        return moved;
    }
}
