using Kendt.Maths;
using Kendt.Model;
using Kendt.Unify.Matching.Blocking;
using Kendt.Unify.Matching.Reading;
using Kendt.Unify.Matching.Rules;

namespace Kendt.Unify.Matching;

/// <summary>
/// Finds which records of a table are one person or company, with nothing but the table: recognises columns, normalises, brings together what
/// may match, learns what agreement is worth, scores and clusters. Rules, decisions and a model learnt before may take part.
/// </summary>
public sealed class Matcher
{
    // Up to so many pairs, everybody is compared with everybody.
    private const long SmallEnough = 600_000;

    private readonly RecordSet _records;
    private readonly RuleSet _rules;
    private readonly MatchOptions _options;
    private IReadOnlyList<IReadOnlyList<string>> _keys = [];
    private IReadOnlyList<Atom> _atoms = [];
    private List<Key> _blockKeys = [];
    private Blocks? _blocks;
    private Scorer? _scorer;
    private Edges? _edges;
    private Clusters? _clusters;

    private Matcher(RecordSet records, RuleSet rules, IReadOnlyList<ColumnMeaning> columns, MatchOptions options) => (_records, _rules, Columns, _options) = (records, rules, columns, options);

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

    /// <summary>What was learnt, to be given to another run; null if nothing was.</summary>
    public MatchModel? Model => _scorer is null ? null : MatchModel.Of(_records, _scorer.Weights, Columns, _keys, Threshold);

    /// <summary>True pairs that no key brought together, estimated from how many keys found the others.</summary>
    public double Missed => _edges?.Missed ?? 0;

    /// <summary>True pairs, estimated.</summary>
    public double Expected => _edges?.Expected ?? 0;

    /// <summary>Pairs that looked like one and were kept apart, the most certain first; none whose records came together by another way.</summary>
    public IReadOnlyList<Refused> Refused => _clusters?.Refused ?? [];

    /// <summary>The pairs that joined something, the surest first: a forest over what was always one. After <see cref="Cluster"/>.</summary>
    public IReadOnlyList<Edge> Ties => _clusters?.Ties ?? [];

    /// <summary>Recognises and normalises a table, and lets go of the columns that it read: only those of id and source are whole afterwards.</summary>
    /// <exception cref="BadInputException">There is nothing in it by which rows could be matched, or a rule cannot be understood.</exception>
    public static Matcher Prepare(Table table, MatchOptions options)
    {
        var source = options.Link ?? options.Source;
        IEnumerable<Column> besides = source is null ? [options.Id] : [options.Id, source];
        var columns = options.Model is { } given ? given.Recognise(table.Columns.Except(besides)) : Recognition.Of(table, besides);
        if (options.UsesWeights && !columns.Any(c => c.Meaning is not (Meaning.Nothing or Meaning.Category or Meaning.Gender or Meaning.Country or Meaning.Region)))
            throw new BadInputException($"There is nothing to match on: no column says who a row is about, such as a name, an e-mail address, a telephone number, an address or a birth date. {string.Join("; ", columns.Take(5).Select(c => $"'{c.Column.Name}': {c.Because}"))}.");
        var fields = FieldMaker.Make(columns);
        if (options.Model is { } model) fields = model.Choose(fields);
        var kept = RuleSet.Needed(options.Rules, columns, fields);
        foreach (var column in columns) if (!kept.Contains(column.Column)) column.Column.Release();
        var records = new RecordSet(fields, options.Id, source, options.Link is not null, options.CleanSources);
        var rules = RuleSet.Make(options.Rules, columns, records, source);
        foreach (var column in kept) column.Release();
        return new(records, rules, columns, options);
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
        _blockKeys = [.. _rules.Keys.Select(Key.Of)];
        if (_options.UsesWeights || _rules.NeedsMoreKeys)
        {
            _atoms = Atom.Of(_records.Fields);
            var chosen = Known(_atoms) ?? KeyChoice.Choose(_records, _atoms, _options.LargestBlock, Math.Max(_options.PairsPerRecord * n, SmallEnough), new Chance(_options.Seed));
            _keys = chosen.ConvertAll(key => (IReadOnlyList<string>)[.. key.Select(a => a.Name)]);
            _blockKeys.AddRange(chosen.Select(key => Key.Of(_records, key, _atoms)));
        }
        _blocks = Blocks.Make(_records, _blockKeys, _options.LargestBlock);
    }

    /// <summary>Learns the weights, or takes those of the model.</summary>
    public void Learn(CancellationToken cancel)
    {
        if (!_options.UsesWeights) return;
        _scorer = new(_records, _options.Model is { } model ? model.For(_records) : Training.Learn(_records, _blocks!, _options.Seed, cancel));
    }

    /// <summary>Scores the pairs and chooses the threshold.</summary>
    public IReadOnlyList<Edge> Score(CancellationToken cancel)
    {
        _edges = Edges.Score(_records, _blocks!, _scorer, _rules, cancel);
        if ((_options.Threshold ?? _options.Model?.Threshold) is { } threshold) _edges.Threshold = threshold;
        return _edges.All;
    }

    /// <summary>Makes clusters.</summary>
    /// <returns>For each row of the table the number of its cluster.</returns>
    public int[] Cluster(CancellationToken cancel)
    {
        var decided = new Decided(RecordPairs(_options.Always), RecordPairs(_options.Never), _options.CleanFirst && !_records.IsLinked && _records.Sources is not null);
        _clusters = Clustering.Make(_records, _edges!, _scorer, decided, cancel);
        var ofRow = new int[_records.Count];
        for (var record = 0; record < ofRow.Length; record++) ofRow[_records.Rows[record]] = _clusters.OfRecord[record];
        return ofRow;
    }

    /// <summary>The row of the table that a record of an <see cref="Edge"/> stands for.</summary>
    public int RowOf(int record) => _records.Rows[record];

    /// <summary>The name of the rule that made an edge; null if none did.</summary>
    public string? RuleOf(in Edge edge) => edge.Rule == RuleSet.None ? null : _options.Rules[edge.Rule].Name;

    /// <summary>Why two records have the weight that they have, whether they were compared or not; no reasons where weights do not count.</summary>
    public Explanation Explain(int left, int right) => _scorer is null ? new(0, []) : Explaining.Of(_records, _scorer, left, right);

    /// <summary>Pairs that are neither plainly one nor plainly two, those first whose answer would teach most.</summary>
    /// <param name="most">At most so many.</param>
    public IReadOnlyList<ReviewPair> Uncertain(int most) => _scorer is null || _edges is null ? [] : Review.Of(_records, _edges, _scorer, [.. _options.Always, .. _options.Never], most);

    /// <summary>What was found within and between sources; without sources, one line of all. After <see cref="Cluster"/>.</summary>
    public IReadOnlyList<SourceNumbers> BySource() => Alarms.BySource(_records, _edges!, _clusters!, _options.Link ?? _options.Source);

    /// <summary>Clusters that look like several persons fused, the largest first. After <see cref="Cluster"/>.</summary>
    public IReadOnlyList<Alarm> Suspicious() => Alarms.Of(_records, _edges!, _clusters!);

    /// <summary>Groups of persons who live together. After <see cref="Cluster"/>.</summary>
    /// <returns>For each cluster the number of its household, from 0; -1 if it has none.</returns>
    public int[] HouseholdOfCluster() => Households.Of(_records, [.. Enumerable.Range(0, _records.Count)], _clusters!.OfRecord, _clusters.Count);

    /// <summary>
    /// Keeps what was found, so that new and changed rows can be matched against it. After <see cref="Score"/>; the matcher is not to be used any
    /// more.
    /// </summary>
    /// <exception cref="CannotException">A rule asks for values as they were given, or for one source: these are not kept.</exception>
    public MatchIndex Keep()
    {
        if (_rules.NeedsTable) throw new CannotException("A rule compares values as they were given, a column that is not matched on, or rows of one source: new rows cannot be matched alone. Match everything again, or let the rule compare normalised values.");
        Parallel.ForEach(_records.Fields.Select(f => f.Values).Distinct(), values => values.Index());
        var isSmall = _blocks!.Keys is [{ Key: Blocks.AllPairs }];
        return new(new(_records, _rules, Columns, _options, _keys, isSmall ? [] : _blockKeys, _atoms), _scorer, _edges!.Threshold, _edges.All, Enumerable.Range(0, _records.Count).Select(record => _options.Id.Text(_records.Rows[record])));
    }

    private List<Atom[]>? Known(IReadOnlyList<Atom> atoms)
    {
        if (_options.Model is not { Keys.Count: > 0 } model) return null;
        var known = model.Keys.Select(key => key.Select(name => atoms.FirstOrDefault(a => a.Name == name)).OfType<Atom>().ToArray()).Where((key, at) => key.Length == model.Keys[at].Count && key.Length > 0).ToList();
        return known.Count > 0 ? known : null;
    }

    private (int Left, int Right)[] RecordPairs(IReadOnlyList<RowPair> pairs)
    {
        if (pairs.Count == 0) return [];
        var recordOf = new int[_records.Count];
        for (var record = 0; record < recordOf.Length; record++) recordOf[_records.Rows[record]] = record;
        return [.. pairs.Select(p => (recordOf[p.Left], recordOf[p.Right]))];
    }
}
