using System.Globalization;
using Kendt.Store;
using Kendt.Unify.Merging;

namespace Kendt.Unify.Batch;

/// <summary>
/// One run of matching, from reading to a plan: stages that follow each other. What they found lies in memory until the last one writes the plan;
/// a run that was cut off does the earlier stages again, with the same outcome.
/// </summary>
public sealed class MatchRun(Stores stores, IdentifierRules rules, MatchConfig config, TimeProvider time)
{
    private readonly List<KindRun> _kinds = [];
    private readonly List<(KindRun Kind, Found Found)> _found = [];
    private GroupBook _groups = new();
    private IReadOnlyList<SourceRows> _sources = [];
    private IReadOnlyList<FieldUse> _fields = [];
    private Reached _reached;
    private int _done;

    /// <summary>The stages, in order, as people read them.</summary>
    public static IReadOnlyList<string> Stages { get; } = ["Read", "Clean", "Block", "Learn", "Score", "Cluster", "Compare"];

    /// <summary>What the merge policy would change; given before the last stage, and part of its summary.</summary>
    public MergeEffect Merge { get; set; } = MergeEffect.None;

    /// <summary>What the fields were taken for, after the first stage.</summary>
    public IReadOnlyList<FieldUse> Fields => _fields;

    /// <summary>Goes on up to and with a stage.</summary>
    /// <returns>What the stage found, in a few words.</returns>
    public async Task<string> RunToAsync(int stage, Guid run, Action<long, long, string> progress, CancellationToken cancel)
    {
        var note = "";
        for (; _done <= stage; _done++)
        {
            note = _done switch
            {
                0 => await ReadAsync(progress, cancel),
                6 => await CompareAsync(run, cancel),
                var at => await Task.Run(() => Work(at, cancel), cancel),
            };
        }
        return note;
    }

    /// <summary>Reads what there is, and says what each field means.</summary>
    private async Task<string> ReadAsync(Action<long, long, string> progress, CancellationToken cancel)
    {
        _reached = await stores.Warehouse.ReadAsync(s => Reached.LastAsync(s, cancel), cancel);
        _groups = await stores.Ledger.ReadAsync(s => GroupBook.LoadAsync(s, cancel), cancel);
        _sources = await new UnitReader(stores, rules, config, _groups).ReadAsync(_reached, read => progress(read, 0, $"{read:N0} read"), cancel);
        _fields = [.. _sources.SelectMany(s => FieldMap.Of(s, config.Of(s.Source)))];
        return string.Create(CultureInfo.InvariantCulture, $"{_sources.Sum(s => s.Units.Count):N0} records of {_sources.Select(s => s.Source).Distinct().Count()} sources");
    }

    private string Work(int stage, CancellationToken cancel)
    {
        switch (stage)
        {
            case 1:
                foreach (var isAccount in new[] { false, true }) if (KindRun.Prepare(isAccount, _sources, _fields, config, _groups, null) is { } kind) _kinds.Add(kind);
                _sources = [];
                return string.Join(", ", _kinds.Select(k => $"{k.Count:N0} {(k.IsAccount ? "companies" : "persons")}"));
            case 2:
                foreach (var kind in _kinds) kind.Matcher.Block();
                return "";
            case 3:
                foreach (var kind in _kinds) kind.Matcher.Learn(cancel);
                return "";
            case 4:
                foreach (var kind in _kinds) kind.Edges = kind.Matcher.Score(cancel);
                return string.Join(", ", _kinds.Select(k => $"{k.Matcher.Compared:N0} pairs"));
            default:
                foreach (var kind in _kinds) _found.Add((kind, kind.Cluster(cancel)));
                return string.Join(", ", _found.Select(f => $"{f.Found.Ties.Count:N0} joined"));
        }
    }

    private async Task<string> CompareAsync(Guid run, CancellationToken cancel)
    {
        var plan = await Task.Run(() => Planner.Make(_groups, [.. _found.Select(f => f.Found)], cancel), cancel);
        var pairs = new List<PickedPair>();
        var (kinds, sources) = (new List<KindSummary>(), new List<SourcePair>());
        foreach (var (kind, found) in _found)
        {
            var picker = new PairPicker(_groups, kind);
            pairs.AddRange(picker.Pick(cancel));
            sources.AddRange(picker.Sources(found.Ties));
            kinds.Add(new(kind.IsAccount, kind.Count, Math.Round(kind.Matcher.Threshold, 2), config.Threshold is null, kind.Matcher.Compared, Math.Round(kind.Matcher.Expected), Math.Round(kind.Matcher.Missed), picker.Bins(), kind.Matcher.Comparisons));
        }
        var summary = plan.Summary with
        {
            Fields = _fields,
            Merge = Merge,
            Kinds = kinds,
            Sources = sources,
            ToReview = pairs.Count(p => p.ForReview),
            Segments = await stores.Ledger.ReadAsync(s => Planner.SegmentsAsync(s, plan.Merging, cancel), cancel),
        };
        var basis = new MatchBasis(_reached.Records, _reached.Messages, [.. _kinds.Select(k => new KindBasis(k.IsAccount, k.Matcher.Model?.ToJson()))]);
        await new PlanWriter(stores, time).WriteAsync(run, plan, pairs, summary, basis, cancel);
        return $"{summary.Merged:N0} to be merged, {summary.Split:N0} to be split";
    }
}
