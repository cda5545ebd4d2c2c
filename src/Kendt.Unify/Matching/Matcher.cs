using Kendt.Maths;
using Kendt.Model;
using Kendt.Unify.Matching.Blocking;
using Kendt.Unify.Matching.Reading;

namespace Kendt.Unify.Matching;

/// <summary>How to match.</summary>
public sealed record MatchOptions
{
    /// <summary>The column that names the rows.</summary>
    public required Column Id { get; init; }

    /// <summary>The column that names each row's source, when sources without duplicates of their own are linked; null finds duplicates anywhere.</summary>
    public Column? Link { get; init; }

    /// <summary>What chance follows from. Default: 7.</summary>
    public ulong Seed { get; init; } = 7;

    /// <summary>Groups that share a key are compared whole up to this size, and cut beyond. Default: 25.</summary>
    public int LargestBlock { get; init; } = 25;

    /// <summary>At most about so many pairs are compared for each record. Default: 5.</summary>
    public int PairsPerRecord { get; init; } = 5;
}

/// <summary>
/// Finds which records of a table are one person or company, with nothing but the table: recognises columns, normalises, brings together what
/// may match, learns what agreement is worth, scores and clusters.
/// </summary>
public sealed class Matcher
{
    // Up to so many pairs, everybody is compared with everybody.
    private const long SmallEnough = 600_000;

    private readonly RecordSet _records;
    private readonly MatchOptions _options;
    private Blocks? _blocks;
    private Scorer? _scorer;
    private Edges? _edges;

    private Matcher(RecordSet records, IReadOnlyList<ColumnMeaning> columns, MatchOptions options) => (_records, Columns, _options) = (records, columns, options);

    /// <summary>What each column was taken for.</summary>
    public IReadOnlyList<ColumnMeaning> Columns { get; }

    /// <summary>What the keys brought together.</summary>
    public IReadOnlyList<BlockingKey> Keys => _blocks?.Keys ?? [];

    /// <summary>How many pairs were compared.</summary>
    public long Compared => _edges?.Compared ?? 0;

    /// <summary>The weight (logarithm of the odds, base 2) from which a pair counts as one.</summary>
    public double Threshold => _edges?.Threshold ?? 0;

    /// <summary>What was learnt of each field.</summary>
    public IReadOnlyList<LearntComparison> Comparisons => _scorer is null ? [] : Explaining.Learnt(_records, _scorer);

    /// <summary>True pairs that no key brought together, estimated from how many keys found the others.</summary>
    public double Missed => _edges?.Missed ?? 0;

    /// <summary>True pairs, estimated.</summary>
    public double Expected => _edges?.Expected ?? 0;

    /// <summary>Recognises and normalises a table, and lets go of the columns that it read: only those of id and source are whole afterwards.</summary>
    /// <exception cref="BadInputException">There is nothing in it by which rows could be matched.</exception>
    public static Matcher Prepare(Table table, MatchOptions options)
    {
        var columns = Recognition.Of(table, options.Link is null ? [options.Id] : [options.Id, options.Link]);
        if (!columns.Any(c => c.Meaning is not (Meaning.Nothing or Meaning.Category or Meaning.Gender or Meaning.Country or Meaning.Region)))
            throw new BadInputException($"There is nothing to match on: no column says who a row is about, such as a name, an e-mail address, a telephone number, an address or a birth date. {string.Join("; ", columns.Take(5).Select(c => $"'{c.Column.Name}': {c.Because}"))}.");
        var fields = FieldMaker.Make(columns);
        foreach (var column in columns) column.Column.Release();
        return new(new RecordSet(fields, options.Id, options.Link), columns, options);
    }

    /// <summary>Brings together the records that are to be compared.</summary>
    public void Block()
    {
        var n = (long)_records.Count;
        if (n * (n - 1) / 2 <= SmallEnough)
        {
            _blocks = Blocks.All(_records.Count);
            return;
        }
        var atoms = Atom.Of(_records.Fields);
        var keys = KeyChoice.Choose(_records, atoms, _options.LargestBlock, Math.Max(_options.PairsPerRecord * n, SmallEnough), new Chance(_options.Seed));
        _blocks = Blocks.Make(_records, keys, atoms, _options.LargestBlock);
    }

    /// <summary>Learns the weights.</summary>
    public void Learn(CancellationToken cancel) => _scorer = new(_records, Training.Learn(_records, _blocks!, _options.Seed, cancel));

    /// <summary>Scores the pairs and chooses the threshold.</summary>
    public IReadOnlyList<Edge> Score(CancellationToken cancel) => (_edges = Edges.Score(_records, _blocks!, _scorer!, cancel)).All;

    /// <summary>Makes clusters.</summary>
    /// <returns>For each row of the table the number of its cluster.</returns>
    public int[] Cluster(CancellationToken cancel)
    {
        var clusters = Clustering.Make(_records, _edges!, _scorer!, cancel);
        var ofRow = new int[clusters.Length];
        for (var record = 0; record < clusters.Length; record++) ofRow[_records.Rows[record]] = clusters[record];
        return ofRow;
    }

    internal (double Weight, double Evidence) Judge(int left, int right) => _scorer!.Judge(Math.Min(left, right), Math.Max(left, right));

    /// <summary>The row of the table that a record of an <see cref="Edge"/> stands for.</summary>
    public int RowOf(int record) => _records.Rows[record];

    /// <summary>Why two records have the weight that they have, whether they were compared or not.</summary>
    public Explanation Explain(int left, int right) => Explaining.Of(_records, _scorer!, left, right);
}
