using Kendt.Model.Filters;

namespace Kendt.Store.Filters;

/// <summary>
/// Sequences, each in a scan of its own. Walking the events of a person in order, every event that can end the first k
/// steps keeps the latest first event from which it can be reached: the latest first has the smallest stretch in which
/// an unwanted event can lie and is the longest within the window, so it serves whenever any choice of events does.
/// </summary>
/// <param name="among">A query of those whose events are looked at: <c>(profile_id)</c>; null for everybody's.</param>
internal sealed class SequenceScan(DateTimeOffset asOf, Sql? among = null)
{
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);
    private readonly List<Sql> _steps = [];

    public IReadOnlyCollection<string> Names => _names.Values;

    /// <summary>The step that holds the profiles for which the sequence is true.</summary>
    public string Add(SequenceRule rule)
    {
        var key = FilterWriter.Write(rule);
        if (_names.TryGetValue(key, out var name)) return name;
        _names[key] = name = $"sequence{_names.Count}";
        _steps.Add(Steps(rule, name));
        return name;
    }

    public IEnumerable<Sql> Steps() => _steps;

    private Sql Steps(SequenceRule rule, string name)
    {
        var chain = Chain(rule, name);
        return Sql.Of($"{chain},\n{Sql.Name(name)} as (select distinct profile_id from {Sql.Name($"{name}_{rule.Steps.Count}")} where {Reached(rule, rule.Steps.Count)})");
    }

    /// <summary>
    /// The steps that end in <c>NAME_K (profile_id, micros, first_1, ..., first_K, barred)</c>: a row for each event that is looked
    /// at, with the latest first event from which it ends the first so many steps; null where it does not.
    /// </summary>
    public Sql Chain(SequenceRule rule, string name)
    {
        var since = rule.Within is { } within ? Moments.Later(asOf, -within.Ticks) : null as DateTimeOffset?;
        var rows = new EventRows(name, asOf, among);
        var matches = rule.Steps.Select(s => rows.Match(s.Match, since)).ToList();
        var barred = rule.Without is { } without ? rows.Match(without, since) : null;
        var sought = barred is null ? matches : [.. matches, barred];
        List<Sql> steps = [rows.Steps()];
        var columns = Sql.Join(", ", sought.DistinctBy(m => m.Show(Dialect.DuckDb)));
        var from = Sql.Name(name + "_at");
        steps.Add(Sql.Of($"{from} as (select profile_id, {ValueSql.Micros(Sql.Of($"ts"))} as micros, {columns} from {Sql.Name(name + "_match")} where {Sql.Or(sought)})"));
        var last = barred is null ? Sql.Empty : Sql.Of($", {Latest(Sql.Of($"case when {barred} then micros end"), null)} as barred");
        var first = since is { } start ? Sql.Of($"{matches[0]} and micros > {IsoTime.TicksOf(start) / 10}") : matches[0];
        var next = Sql.Name(name + "_1");
        steps.Add(Sql.Of($"{next} as (select {from}.*, case when {first} then micros end as first_1{last} from {from})"));
        for (var k = 2; k <= matches.Count; k++)
        {
            from = next;
            next = Sql.Name($"{name}_{k}");
            var reached = Latest(Sql.Name($"first_{k - 1}"), rule.Steps[k - 1].After);
            steps.Add(Sql.Of($"{next} as (select {from}.*, case when {matches[k - 1]} then {reached} end as {Sql.Name($"first_{k}")} from {from})"));
        }
        return Sql.Join(",\n", steps);
    }

    /// <summary>Whether a row of the chain ends the first so many steps as the rule wants it.</summary>
    public static Sql Reached(SequenceRule rule, int count)
    {
        var found = Sql.Name($"first_{count}");
        var free = rule.Without is null ? Sql.Empty : Sql.Of($" and (barred is null or barred <= {found})");
        var soon = rule.Span is { } span ? Sql.Of($" and micros - {found} <= {span.Ticks / 10}") : Sql.Empty;
        return Sql.Of($"{found} is not null{free}{soon}");
    }

    /// <summary>The latest of a value over the person's rows that are strictly earlier, and at most so much.</summary>
    public static Sql Latest(Sql value, Duration? after) => Sql.Of(
        $"max({value}) over (partition by profile_id order by micros range between {(after is { } span ? Sql.Of($"{span.Ticks / 10}") : ValueSql.Raw("unbounded"))} preceding and 1 preceding)");
}
