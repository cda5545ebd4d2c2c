using Kendt.Maths;
using Kendt.Model;
using Kendt.Unify.Matching.Blocking;
using Kendt.Unify.Matching.Reading;
using Kendt.Unify.Matching.Rules;

namespace Kendt.Unify.Matching;

/// <summary>What stays of a run: records and what compares them.</summary>
internal sealed record Kept(RecordSet Records, RuleSet Rules, IReadOnlyList<ColumnMeaning> Columns, MatchOptions Options, IReadOnlyList<IReadOnlyList<string>> KeyNames, IReadOnlyList<Key> Keys, IReadOnlyList<Atom> Atoms);

/// <summary>What rows that were put or removed changed.</summary>
/// <param name="Records">Records that are new or others than before, and those that they counted as one with.</param>
/// <param name="Uncertain">Pairs of a new or changed record that are neither plainly one nor plainly two.</param>
public sealed record Touched(IReadOnlyList<int> Records, IReadOnlyList<Edge> Uncertain);

/// <summary>
/// A matched table that is kept, so that new and changed rows are compared only with what they share a block with. The outcome is that of a full
/// run with the same weights, but that how rare a value is, and pairs that were left out of large groups or got out of them since, stay as they
/// were. It can be written to a file and read again. Not safe for several threads.
/// </summary>
public sealed class MatchIndex
{
    private readonly Dictionary<string, int> _recordOf = new(StringComparer.Ordinal);
    private readonly List<string> _ids = [];
    private readonly List<Edge> _edges;

    internal MatchIndex(Kept kept, Scorer? scorer, double threshold, IEnumerable<Edge> edges, IEnumerable<string> ids)
    {
        (Kept, Scorer, Threshold) = (kept, scorer, threshold);
        _edges = [.. edges.Where(Counts)];
        foreach (var id in ids)
        {
            _recordOf[id] = _ids.Count;
            _ids.Add(id);
        }
    }

    /// <summary>How many rows are kept.</summary>
    public int Count => _recordOf.Count;

    /// <summary>How many records there have been; those that were removed among them.</summary>
    public int Size => _ids.Count;

    /// <summary>From this weight a pair counts as one.</summary>
    public double Threshold { get; }

    internal Kept Kept { get; }

    internal Scorer? Scorer { get; }

    internal IReadOnlyList<Edge> Edges => _edges;

    internal IReadOnlyList<string> Ids => _ids;

    /// <summary>The sources of the rows, if they have any.</summary>
    public IEnumerable<string> Sources => Kept.Records.SourceNames.Where(name => name.Length > 0);

    /// <summary>The record of a row; null if it is not known.</summary>
    public int? Find(string id) => _recordOf.TryGetValue(id, out var record) ? record : null;

    /// <summary>What names the row of a record; empty if it was removed.</summary>
    public string IdOf(int record) => _ids[record];

    /// <summary>The name of the rule that made an edge; null if none did.</summary>
    public string? RuleOf(in Edge edge) => edge.Rule == RuleSet.None ? null : Kept.Options.Rules[edge.Rule].Name;

    /// <summary>Why two records have the weight that they have; no reasons where weights do not count.</summary>
    public Explanation Explain(int left, int right) => Scorer is null ? new(0, []) : Explaining.Of(Kept.Records, Scorer, left, right);

    /// <summary>Takes new rows, and rows whose values are others than before; those of the same id are replaced.</summary>
    /// <param name="table">Rows with the columns that the index was made of; of columns that are not there nothing is known.</param>
    /// <param name="id">The column that names the rows.</param>
    /// <param name="source">The column that names their source, if the index knows sources.</param>
    /// <param name="cancel">Ends the work; the index is then to be thrown away.</param>
    public Touched Put(Table table, Column id, Column? source, CancellationToken cancel)
    {
        if (table.Rows == 0) return new([], []);
        var known = _ids.Count;
        var touched = Take(table, id, source);
        // Whoever was with a changed row may be without it now.
        var records = new List<int>(touched);
        records.AddRange(Part([.. touched.Where(record => record < known)]));
        var isTouched = new bool[_ids.Count];
        foreach (var record in touched) isTouched[record] = true;
        var (counting, uncertain) = Compare(touched, isTouched, cancel);
        _edges.AddRange(counting);
        return new([.. records.Distinct()], uncertain);
    }

    /// <summary>Forgets rows; their values are not written any more.</summary>
    /// <returns>Records that they counted as one with, and that may be without them now.</returns>
    public IReadOnlyList<int> Remove(IEnumerable<string> ids)
    {
        var gone = ids.Select(Find).OfType<int>().ToHashSet();
        var others = Part(gone);
        foreach (var record in gone)
        {
            Kept.Records.Replace(record, new int[Kept.Records.Width]);
            _recordOf.Remove(_ids[record]);
            _ids[record] = "";
        }
        return [.. others.Where(record => !gone.Contains(record)).Distinct()];
    }

    /// <summary>Records that hang together with some, those among them, in rising order: parts of the graph that do not know of each other need not be judged together.</summary>
    public IReadOnlyList<int> Around(IEnumerable<int> records)
    {
        var parts = new DisjointSets(_ids.Count);
        foreach (var edge in _edges) parts.Join(parts.Find(edge.Left), parts.Find(edge.Right));
        var isAsked = new bool[_ids.Count];
        foreach (var record in records) isAsked[parts.Find(record)] = true;
        return [.. Enumerable.Range(0, _ids.Count).Where(record => isAsked[parts.Find(record)] && _ids[record].Length > 0)];
    }

    /// <summary>Makes clusters of some records; all others are alone.</summary>
    /// <param name="records">Whole parts of the graph (<see cref="Around"/>).</param>
    /// <param name="always">Pairs of records that are one whatever else is said.</param>
    /// <param name="never">Pairs of records that never come together; stronger than <paramref name="always"/>.</param>
    public Clusters Cluster(IReadOnlyCollection<int> records, IReadOnlyList<(int Left, int Right)> always, IReadOnlyList<(int Left, int Right)> never, CancellationToken cancel)
    {
        var isHere = new bool[_ids.Count];
        foreach (var record in records) isHere[record] = true;
        return Clustering.Make(Kept.Records, Matching.Edges.Of([.. _edges.Where(e => isHere[e.Left])], Threshold), Scorer, new([.. always], [.. never], CleanFirst: false), cancel);
    }

    /// <summary>Records that have a home or a telephone in common with some, those among them.</summary>
    public IReadOnlyList<int> Homes(IEnumerable<int> records) => [.. Households.Around(Kept.Records, records).Where(record => _ids[record].Length > 0)];

    /// <summary>Groups of persons who live together.</summary>
    /// <param name="records">The records that are looked at.</param>
    /// <param name="persons">The number of the person, from 0, that each of these is of.</param>
    /// <param name="count">How many persons there are.</param>
    /// <returns>For each person the number of their household, from 0; -1 if they have none.</returns>
    public int[] HouseholdOf(ReadOnlySpan<int> records, ReadOnlySpan<int> persons, int count) => Households.Of(Kept.Records, records, persons, count);

    /// <summary>Writes the index; what was removed or replaced is not in it.</summary>
    public void Save(Stream stream) => IndexStream.Write(this, stream);

    /// <summary>Reads what <see cref="Save"/> of the same build of this program wrote.</summary>
    /// <param name="rules">The rules that it was made with.</param>
    /// <param name="cleanSources">The sources that hold nobody twice.</param>
    /// <exception cref="InvalidDataException">It was not.</exception>
    public static MatchIndex Load(Stream stream, IReadOnlyList<MatchRule> rules, IReadOnlyList<string> cleanSources) => IndexStream.Read(stream, rules, cleanSources);

    // Takes records out of the graph; gives those that they were tied to, and themselves.
    private List<int> Part(HashSet<int> records)
    {
        var others = new List<int>();
        if (records.Count == 0) return others;
        _edges.RemoveAll(edge =>
        {
            if (!records.Contains(edge.Left) && !records.Contains(edge.Right)) return false;
            others.AddRange([edge.Left, edge.Right]);
            return true;
        });
        return others;
    }

    // New records, and known ones whose values are others.
    private List<int> Take(Table table, Column id, Column? source)
    {
        var records = Kept.Records;
        var columns = table.Columns.Where(c => c != id && c != source).Select(c => Kept.Columns.FirstOrDefault(k => k.Column.Name == c.Name) is { } was ? was with { Column = c } : new(c, Meaning.Nothing, "")).ToList();
        var made = FieldMaker.Make(columns);
        var numbers = new int[records.Width][];
        for (var f = 0; f < records.Width; f++)
        {
            var (field, values) = (made.FirstOrDefault(m => m.Name == records.Fields[f].Name), records.Fields[f].Values);
            numbers[f] = field is null ? new int[table.Rows] : Array.ConvertAll(field.Rows, number => number == 0 ? 0 : values.Take(field.Values, number));
        }
        foreach (var field in records.Fields) field.Grow();
        foreach (var atom in Kept.Atoms) atom.Grow();
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
                record = _recordOf[name] = records.Append(cells, source?.Text(row));
                _ids.Add(name);
            }
            touched.Add(record);
        }
        return [.. touched.Distinct()];
    }

    private (List<Edge> Counting, List<Edge> Uncertain) Compare(List<int> touched, bool[] isTouched, CancellationToken cancel)
    {
        var (records, options) = (Kept.Records, Kept.Options);
        var blocks = Kept.Keys.Count == 0 ? Blocks.All(records.Count) : Blocks.Make(records, Kept.Keys, options.LargestBlock, touched);
        var (counting, uncertain) = (new List<Edge>(), new List<Edge>());
        Parallel.ForEach(touched.Chunk(2048), new ParallelOptions { CancellationToken = cancel, MaxDegreeOfParallelism = Environment.ProcessorCount }, some =>
        {
            var candidates = new Candidates(records, blocks, isTouched);
            var (mine, unsure) = (new List<Edge>(), new List<Edge>());
            foreach (var record in some)
            {
                foreach (var other in candidates.Of(record))
                {
                    if (_ids[other].Length == 0) continue;
                    var (left, right) = (Math.Min(record, other), Math.Max(record, other));
                    var rule = Kept.Rules.First(left, right);
                    var odds = Scorer?.Odds(left, right, rule == RuleSet.None ? Math.Pow(2, Threshold - Review.Band) : 0) ?? 1;
                    var edge = new Edge(left, right, (float)Math.Log2(odds), rule);
                    if (Counts(edge)) mine.Add(edge);
                    if (Scorer is not null && rule == RuleSet.None && Math.Abs(edge.Weight - Threshold) < Review.Band) unsure.Add(edge);
                }
            }
            lock (counting)
            {
                counting.AddRange(mine);
                uncertain.AddRange(unsure);
            }
        });
        return (counting, [.. uncertain.OrderBy(e => Math.Abs(e.Weight - Threshold)).ThenBy(e => e.Left).ThenBy(e => e.Right)]);
    }

    private bool Counts(Edge edge) => edge.Rule != RuleSet.None || Scorer is not null && edge.Weight >= Threshold;
}
