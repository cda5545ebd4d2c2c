using System.Globalization;
using System.Text;
using Kendt.Model;
using Kendt.Model.Measures;
using Kendt.Store;

namespace Kendt.Profiles;

/// <summary>One entry of a timeline.</summary>
/// <param name="UserId">As the message named it; null if it did not.</param>
public sealed record TimelineEvent(long Seq, DateTimeOffset At, string Type, string Name, string Source, string Properties, string Context, string MessageId = "", string? UserId = null, string? AnonymousId = null);

/// <summary>Which entries are wanted.</summary>
public sealed record TimelineFilter
{
    /// <summary>Event names or message types; empty means all.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];
    /// <summary>Event names or message types that are left out.</summary>
    public IReadOnlyList<string> Except { get; init; } = [];
    public IReadOnlyList<string> Sources { get; init; } = [];
    /// <summary>Only entries of these groups; null means all.</summary>
    public IReadOnlyList<EventGroup>? Groups { get; init; }
    public DateTimeOffset? From { get; init; }
    public DateTimeOffset? To { get; init; }
    /// <summary>The oldest first; a cursor goes on in the order that it was given out in.</summary>
    public bool OldestFirst { get; init; }
}

/// <summary>Entries of a timeline that are alike, and how many there are.</summary>
/// <param name="Channel">The property <c>channel</c>; empty if there is none.</param>
public sealed record EventGroup(string Type, string Name, string Channel, string Source, long Events);

/// <summary>Entries in the order that was asked for, and where to go on.</summary>
public sealed record TimelinePage(IReadOnlyList<TimelineEvent> Events, string? Next)
{
    /// <summary>The entries, the latest first, by session: no more than 30 minutes between one and the next. A session at the edge of a page goes on on the next.</summary>
    public IReadOnlyList<TimelineSession> Sessions()
    {
        var sessions = new List<List<TimelineEvent>>();
        foreach (var happened in Events)
        {
            if (sessions.Count == 0 || sessions[^1][^1].At - happened.At > Calculation.SessionPause) sessions.Add([]);
            sessions[^1].Add(happened);
        }
        return [.. sessions.Select(s => new TimelineSession(DateOnly.FromDateTime(s[^1].At.UtcDateTime), s[^1].At, s[0].At, s))];
    }
}

/// <summary>Entries that belong together, the latest first.</summary>
/// <param name="Day">The day on which it began, UTC.</param>
public sealed record TimelineSession(DateOnly Day, DateTimeOffset From, DateTimeOffset To, IReadOnlyList<TimelineEvent> Events);

/// <summary>What a customer did, in order, whoever they were taken for at the time.</summary>
public sealed class Timeline(Stores stores)
{
    /// <param name="id">An id that holds now.</param>
    /// <param name="cursor">From the page before; null for the latest.</param>
    /// <exception cref="BadInputException">The cursor is not one that was given out.</exception>
    public async Task<TimelinePage> ReadAsync(ProfileId id, TimelineFilter filter, string? cursor, int limit, CancellationToken cancel)
    {
        if (await OwnAsync(id, cancel) is not { } own) return new([], null);
        var rules = new List<Sql>();
        if (filter.Names.Count > 0) rules.Add(Sql.Of($"(name in ({In(filter.Names)}) or type in ({In(filter.Names)}))"));
        if (filter.Except.Count > 0) rules.Add(Sql.Of($"name not in ({In(filter.Except)}) and type not in ({In(filter.Except)})"));
        if (filter.Sources.Count > 0) rules.Add(Sql.Of($"source in ({In(filter.Sources)})"));
        if (filter.Groups is { } groups) rules.Add(Sql.Or([.. groups.Select(g => Sql.Of($"type = {g.Type} and name = {g.Name} and source = {g.Source} and {Channel} = {g.Channel}"))]));
        if (filter.From is { } from) rules.Add(Sql.Of($"ts >= {from}"));
        if (filter.To is { } to) rules.Add(Sql.Of($"ts < {to}"));
        if (cursor is not null)
        {
            var (at, seq) = Read(cursor);
            rules.Add(filter.OldestFirst ? Sql.Of($"(ts > {at} or (ts = {at} and seq > {seq}))") : Sql.Of($"(ts < {at} or (ts = {at} and seq < {seq}))"));
        }
        var events = await stores.Warehouse.ReadAsync(s => s.ListAsync(
            Sql.Of($"select * from ({OwnEvents.Of(own, Sql.Of($"seq, ts, type, name, source, properties, context, message_id, user_id, anonymous_id"), Sql.And(rules))}) as own order by {(filter.OldestFirst ? Sql.Of($"ts, seq") : Sql.Of($"ts desc, seq desc"))} limit {limit + 1}"),
            r => new TimelineEvent(r.Long(0), r.Time(1), r.Text(2), r.Text(3), r.Text(4), r.Text(5), r.Text(6), r.Text(7), r.TextOrNull(8), r.TextOrNull(9)), cancel), cancel);
        if (events.Count <= limit) return new(events, null);
        events.RemoveAt(limit);
        return new(events, Write(events[^1]));
    }

    /// <summary>What kinds of entries there are on the whole timeline.</summary>
    public async Task<IReadOnlyList<EventGroup>> GroupsAsync(ProfileId id, CancellationToken cancel) => await OwnAsync(id, cancel) is not { } own ? [] : await stores.Warehouse.ReadAsync(s => s.ListAsync(
        Sql.Of($"select type, name, channel, source, count(*) from ({OwnEvents.Of(own, Sql.Of($"type, name, {Channel} as channel, source"), Sql.And())}) as own group by 1, 2, 3, 4 order by 5 desc"),
        r => new EventGroup(r.Text(0), r.Text(1), r.Text(2), r.Text(3), r.Long(4)), cancel), cancel);

    private static readonly Sql Channel = Sql.Of($"coalesce({Dialect.JsonText(Sql.Of($"properties"), "channel")}, '')");

    private async Task<IReadOnlyList<ProfileId>?> OwnAsync(ProfileId id, CancellationToken cancel)
    {
        var ids = await stores.Ledger.ReadAsync(s => OwnEvents.IdsAsync(s, id, cancel), cancel);
        return ids.Count == 0 ? null : ids;
    }

    private static Sql In(IReadOnlyList<string> values) => Sql.Join(", ", values.Select(v => Sql.Value(v)));

    private static string Write(TimelineEvent last) =>
        Convert.ToBase64String(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{last.At.UtcTicks}.{last.Seq}"))).Replace('+', '-').Replace('/', '_').TrimEnd('=');

    private static (DateTimeOffset At, long Seq) Read(string cursor)
    {
        try
        {
            var padded = cursor.Replace('-', '+').Replace('_', '/').PadRight((cursor.Length + 3) / 4 * 4, '=');
            var parts = Encoding.ASCII.GetString(Convert.FromBase64String(padded)).Split('.');
            return (new(long.Parse(parts[0], CultureInfo.InvariantCulture), TimeSpan.Zero), long.Parse(parts[1], CultureInfo.InvariantCulture));
        }
        catch (Exception fault) when (fault is FormatException or IndexOutOfRangeException or ArgumentOutOfRangeException or OverflowException)
        {
            throw new BadInputException("The cursor is not one that this timeline gave out. Leave it out to begin with the latest events.", fault);
        }
    }
}
