using Kendt.Model;
using Kendt.Unify.Matching;
using Kendt.Unify.Matching.Rules;

namespace Kendt.Unify.Batch;

/// <summary>The matching of one kind of customers, persons or companies: they are never compared with each other.</summary>
internal sealed class KindRun
{
    private readonly List<Identifier> _units = [];
    private readonly List<int> _groups = [];
    private readonly List<int> _sources = [];
    private readonly List<string> _names = [];

    private KindRun(bool isAccount, Matcher matcher) => (IsAccount, Matcher) = (isAccount, matcher);

    public bool IsAccount { get; }

    public Matcher Matcher { get; }

    public IReadOnlyList<Edge> Edges { get; set; } = [];

    public int Count => _units.Count;

    /// <summary>Normalises the sources of a kind; null where there is nothing by which they could be matched.</summary>
    /// <param name="model">What was learnt before; null learns anew.</param>
    public static KindRun? Prepare(bool isAccount, IReadOnlyList<SourceRows> sources, IReadOnlyList<FieldUse> uses, MatchConfig config, GroupBook groups, MatchModel? model)
    {
        var mine = sources.Where(s => s.IsAccount == isAccount).ToList();
        if (mine.Sum(s => s.Units.Count) < 2) return null;
        var table = FieldMap.Combine(mine, [.. uses.Where(u => u.IsAccount == isAccount)]);
        if (table.Columns.Count < 3) return null;
        var rowOf = FirstRows(mine);
        Matcher matcher;
        try
        {
            matcher = Matcher.Prepare(table, new()
            {
                Id = table.Columns[0],
                Source = table.Columns[1],
                Rules = config.Rules,
                CleanSources = config.CleanSources,
                UsesWeights = config.Learns,
                Model = model,
                Threshold = config.Threshold,
                Always = Together(mine, rowOf),
                Never = [.. groups.Never.Where(n => rowOf.ContainsKey(n.Left) && rowOf.ContainsKey(n.Right)).Select(n => new RowPair(rowOf[n.Left], rowOf[n.Right]))],
            });
        }
        catch (BadInputException)
        {
            return null; // its fields say nothing of who somebody is
        }
        var run = new KindRun(isAccount, matcher);
        foreach (var source in mine)
        {
            run._units.AddRange(source.Units);
            run._groups.AddRange(source.Groups);
            run._sources.AddRange(Enumerable.Repeat(run._names.Count, source.Units.Count));
            run._names.Add(source.Source);
        }
        return run;
    }

    // The first row of each group.
    private static Dictionary<int, int> FirstRows(List<SourceRows> sources)
    {
        var (first, row) = (new Dictionary<int, int>(), 0);
        foreach (var group in sources.SelectMany(s => s.Groups)) first.TryAdd(group, row++);
        return first;
    }

    // Rows of one group are one whatever they look like.
    private static List<RowPair> Together(List<SourceRows> sources, Dictionary<int, int> first)
    {
        var (pairs, row) = (new List<RowPair>(), 0);
        foreach (var group in sources.SelectMany(s => s.Groups))
        {
            if (first[group] != row) pairs.Add(new(first[group], row));
            row++;
        }
        return pairs;
    }

    /// <summary>The unit of a row.</summary>
    public Identifier Unit(int row) => _units[row];

    /// <summary>The group of a row.</summary>
    public int Group(int row) => _groups[row];

    /// <summary>The source of a row.</summary>
    public string Source(int row) => _names[_sources[row]];

    /// <summary>The group of a record, as the matcher numbers them.</summary>
    public int GroupOf(int record) => _groups[Matcher.RowOf(record)];

    /// <summary>Whether a pair counts as one by itself.</summary>
    public bool Counts(in Edge edge) => edge.Rule >= 0 || edge.Weight >= Matcher.Threshold;

    /// <summary>Makes customers of the scored pairs.</summary>
    public Found Cluster(CancellationToken cancel)
    {
        var clusters = Matcher.Cluster(cancel);
        var rows = new Dictionary<int, int>();
        for (var row = 0; row < clusters.Length; row++) rows.TryAdd(clusters[row], row);
        var records = Records();
        return new(_units, _groups, [.. Matcher.Ties.Select(edge => new Tie(Matcher.RowOf(edge.Left), Matcher.RowOf(edge.Right), edge.Weight, Matcher.RuleOf(edge)))], Matcher.Refused, (left, right) => Matcher.Explain(records[left], records[right]))
        {
            Alarms = Matcher.Suspicious().ToDictionary(alarm => rows[alarm.Cluster], alarm => alarm.IsLarge ? "large" : alarm.Bridge is not null ? "bridge" : "loose"),
        };
    }

    /// <summary>The record of each row.</summary>
    public int[] Records()
    {
        var records = new int[Count];
        for (var record = 0; record < records.Length; record++) records[Matcher.RowOf(record)] = record;
        return records;
    }
}
