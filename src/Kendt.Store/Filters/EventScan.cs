using Kendt.Model.Filters;

namespace Kendt.Store.Filters;

/// <summary>All event leaves of a question in one scan of the events that they name, counted by profile before anything is joined.</summary>
internal sealed class EventScan(DateTimeOffset asOf)
{
    private readonly EventRows _rows = new("event", asOf);
    private readonly Dictionary<string, string> _figures = new(StringComparer.Ordinal);
    private readonly List<Sql> _columns = [];

    public bool IsEmpty => _figures.Count == 0;

    public IReadOnlyCollection<string> Columns => _figures.Values;

    /// <summary>The figure's column in <c>by_event</c>: null where there is nothing to compute it from.</summary>
    public string Add(EventRule rule)
    {
        var key = FilterWriter.Write(rule with { Aggregate = rule.Aggregate with { Tests = [] } });
        if (_figures.TryGetValue(key, out var column)) return column;
        _figures[key] = column = $"e{_figures.Count}";
        var since = rule.Window.Within is { } within ? Moments.Later(asOf, -within.Ticks) : rule.Window.From is { } from ? Moments.Before(from) : null as DateTimeOffset?;
        List<Sql> among = [_rows.Match(rule.Match, since)];
        if (since is { } start) among.Add(Sql.Of($"ts > {start}"));
        if (rule.Window.To is { } to) among.Add(Sql.Of($"ts <= {Moments.Before(to)}"));
        var filter = Sql.Of($"filter (where {Sql.Join(" and ", among)})");
        var of = rule.Aggregate.Of is { } path ? _rows.Value(rule.Match.Name, path) : null;
        _columns.Add(Sql.Of($"{Figure(rule.Aggregate.Kind, of, filter)} as {Sql.Name(column)}"));
        return column;
    }

    /// <summary>The steps that end in <c>by_event (profile_id, e0, e1, ...)</c>.</summary>
    public Sql Steps() => Sql.Of($"{_rows.Steps()},\nby_event as (select profile_id, {Sql.Join(", ", _columns)} from event_match group by profile_id)");

    private static Sql Figure(AggregateKind kind, ValueColumns? of, Sql filter) => kind switch
    {
        AggregateKind.Count => Sql.Of($"count(*) {filter}"),
        AggregateKind.Sum => Sql.Of($"sum({of!.Number}) {filter}"),
        AggregateKind.Average => Sql.Of($"sum({of!.Number}) {filter} / nullif(count({of.Number}) {filter}, 0)"),
        AggregateKind.Min => Sql.Of($"min({of!.Number}) {filter}"),
        AggregateKind.Max => Sql.Of($"max({of!.Number}) {filter}"),
        AggregateKind.Distinct => Sql.Of($"count(distinct {of!.Text}) {filter} + count(distinct {of.Number}) {filter} + count(distinct {of.Truth}) {filter}"),
        >= AggregateKind.Days => Sql.Of($"count(distinct {Dialect.Truncate(kind.ToString().ToLowerInvariant()[..^1], Sql.Of($"ts"))}) {filter}"),
        AggregateKind.First => Sql.Of($"min(ts) {filter}"),
        _ => Sql.Of($"max(ts) {filter}"),
    };
}

/// <summary>The rows of one scan of events, with a column for each kind of event that is looked for.</summary>
/// <param name="step">What its steps are called: <c>event</c> makes <c>event_node</c>, <c>event_value</c>, <c>event_match</c>.</param>
/// <param name="among">A query of those whose events are looked at: <c>(profile_id)</c>; null for everybody's.</param>
internal sealed class EventRows(string step, DateTimeOffset asOf, Sql? among = null)
{
    private readonly NodeColumns _values = new();
    private readonly SortedDictionary<string, DateTimeOffset?> _since = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (string Column, Sql Test)> _matches = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Sql> _columns = new(StringComparer.Ordinal);

    /// <summary>The column that says whether a row is such an event; rows up to <paramref name="since"/> need not be looked at.</summary>
    public Sql Match(EventMatch match, DateTimeOffset? since)
    {
        _since[match.Name] = !_since.TryGetValue(match.Name, out var earlier) ? since : earlier < since ? earlier : earlier is null ? null : since;
        var key = FilterWriter.Write(match);
        if (!_matches.TryGetValue(key, out var found))
        {
            var tests = match.Where.Select(w => TestSql.All(w.Tests, _values.Of(match.Name, w.Property.Steps), asOf)).ToList();
            var test = tests.Count == 0 ? Sql.Of($"name = {match.Name}") : Sql.Of($"case when name = {match.Name} then {Sql.And(tests)} else false end");
            _matches[key] = found = ($"m{_matches.Count}", test);
        }
        return Sql.Name(found.Column);
    }

    /// <summary>The columns of a property's value, in rows of that name.</summary>
    public ValueColumns Value(string name, ValuePath path)
    {
        var value = _values.Of(name, path.Steps);
        return new(facet =>
        {
            var column = value.Facet(facet);
            var text = column.Show(Dialect.DuckDb);
            _columns[text] = column;
            return column;
        });
    }

    /// <summary>The steps that end in <c>..._match (profile_id, ts, m0, m1, ..., and the values asked for)</c>.</summary>
    public Sql Steps()
    {
        Sql node = Sql.Name(step + "_node"), value = Sql.Name(step + "_value"), match = Sql.Name(step + "_match");
        var whose = among is null ? Sql.Of($"profile_id is not null") : Sql.Of($"profile_id in ({among})");
        var kept = Sql.Join("", _columns.Values.Select(c => Sql.Of($", {c}")));
        return Sql.Of($"""
            {node} as (
                select profile_id, name, ts{_values.Nodes(Sql.Of($"properties"))}
                from event where type = 'track' and {whose} and ts <= {asOf} and {Named()}{ValueSql.Fence}),
            {value} as (select profile_id, name, ts{_values.Facets()} from {node}{ValueSql.Fence}),
            {match} as (select profile_id, ts{kept}{Sql.Join("", _matches.Values.Select(m => Sql.Of($", {m.Test} as {Sql.Name(m.Column)}")))} from {value})
            """);
    }

    private Sql Named()
    {
        var always = _since.Where(s => s.Value is null).Select(s => s.Key).ToList();
        List<Sql> names = [.. _since.Where(s => s.Value is not null).Select(s => Sql.Of($"name = {s.Key} and ts > {s.Value}"))];
        if (always.Count > 0) names.Add(ValueSql.OneOf(Sql.Of($"name"), always));
        return always.Count > 0 || names.Count == 1 ? Sql.Or(names) : Sql.Of($"ts > {_since.Values.Min()} and {Sql.Or(names)}");
    }
}

/// <summary>Moments as the engines hold them, in whole microseconds.</summary>
internal static class Moments
{
    /// <summary>The last microsecond that is not after a time and so long later.</summary>
    public static DateTimeOffset Later(DateTimeOffset time, long ticks) => Floor(IsoTime.TicksOf(time) + ticks);

    /// <summary>The last microsecond before a time: <c>ts &gt; Before(t)</c> is <c>ts &gt;= t</c>.</summary>
    public static DateTimeOffset Before(IsoTime time) => Floor(time.Ticks - 1);

    public static DateTimeOffset Floor(long ticks) => IsoTime.At(ticks - ((ticks % 10) + 10) % 10);
}
