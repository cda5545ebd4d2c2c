using Kendt.Model;
using Kendt.Model.Measures;
using Kendt.Store;
using Kendt.Store.Measures;

namespace Kendt.Profiles;

/// <summary>What a refresh did.</summary>
/// <param name="Looked">Subjects whose figure was computed.</param>
/// <param name="Whole">Everybody's was: the measure is new, a calendar period ended, or it was asked for.</param>
public sealed record MeasureChange(long Looked, long Values, bool Whole);

/// <summary>A figure of somebody.</summary>
/// <param name="AsOf">When it came out so.</param>
public sealed record MeasureOf(string Measure, double Value, DateTimeOffset AsOf);

/// <summary>How the figures of a measure lie.</summary>
public sealed record MeasureSpread(long Count, double Sum, double Average, double Least, double Median, double Most);

/// <summary>Subjects whose figures lie from one number up to the next; the last has no end.</summary>
public sealed record MeasureBar(double From, double? To, long Subjects);

/// <summary>What a measure says or would say.</summary>
/// <param name="Bars">Bars of one neat width up to the number that nineteen in twenty stay below, and one for the rest.</param>
/// <param name="Some">A few subjects, the same each time.</param>
public sealed record MeasurePreview(MeasureSpread? Spread, IReadOnlyList<MeasureBar> Bars, IReadOnlyList<(ProfileId Subject, double Value)> Some);

/// <summary>
/// The figures of the stored measures. A refresh computes those of whom something is new since the last: events in the
/// log's tail, merges, events that were given to others, and windows that something has left by time alone; so it costs what has
/// changed.
/// </summary>
public sealed class MeasureValues(Stores stores, TimeZoneInfo zone) : IDisposable
{
    private const int Bars = 8, Samples = 8;

    private readonly SemaphoreSlim _one = new(1, 1);

    /// <summary>Brings one measure up to date. What arrives meanwhile is not held up: the long part only reads.</summary>
    public async Task<MeasureChange> RefreshAsync(StoredMeasure measure, DateTimeOffset asOf, bool whole, CancellationToken cancel)
    {
        await _one.WaitAsync(cancel);
        try
        {
            var (state, head) = await stores.Warehouse.ReadAsync(async s => (
                await s.FirstAsync(Sql.Of($"select event_seq, merge_seq, moved_seq, turns_at from measure_state where measure = {measure.Name}"), r => new State(r.Long(0), r.Long(1), r.Long(2), r.TimeOrNull(3)), cancel),
                new State(await s.CountAsync(Sql.Of($"select max(seq) from event_log"), cancel), await s.CountAsync(Sql.Of($"select max(seq) from profile_merge"), cancel), await LastMovedAsync(s, cancel), Turns(measure.Measure, asOf))), cancel);
            // After the places: whose company becomes another one's later is told of after them.
            var persons = measure.Level is MeasureLevel.Account ? await PersonsAsync(cancel) : null;
            var changed = whole || state is null || state.TurnsAt <= asOf ? null : await ChangedAsync(measure, state, head, asOf, persons, cancel);
            if (changed is { Count: 0 })
            {
                if (state != head) await stores.Warehouse.WriteAsync(s => WriteStateAsync(s, measure.Name, head, cancel), cancel);
                return new(0, 0, false);
            }
            var subjects = new MeasureSubjects(measure.Level, persons is null ? null : Pairs(persons), changed is null ? null : FilterSql.People(changed));
            var values = await stores.Warehouse.ReadAsync(s => s.ListAsync(MeasureSql.Of(measure.Measure, subjects, asOf, zone), r => new Figure(r.ProfileId(0), r.Double(1), r.TimeOrNull(2)), cancel), cancel);
            // The ledger first: whatever ends the process before the warehouse knows of it, the next refresh does it again.
            await new LedgerFigures(stores.Ledger, measure.Name, asOf).WriteAsync(values, changed, cancel);
            await stores.Warehouse.WriteAsync(async s =>
            {
                var among = changed is null ? Sql.Empty : Sql.Of($" and subject in ({FilterSql.People(changed)})");
                await s.ExecuteAsync(Sql.Of($"delete from measure_value where measure = {measure.Name}{among}"), cancel);
                await s.LoadAsync("measure_value", ["measure", "subject", "value", "as_of", "until"], values.Select(v => new object?[] { measure.Name, v.Subject, v.Value, asOf, v.Until }), cancel);
                await WriteStateAsync(s, measure.Name, head, cancel);
            }, cancel);
            return new(changed?.Count ?? values.Count, values.Count, changed is null);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>
    /// Has the next refresh of each measure compute these too: events or companies of theirs became another's, or the other way round,
    /// which no new row of a log shows. Within the caller's transaction of the warehouse, after the move; doing it again does no harm.
    /// </summary>
    public static async Task MovedAsync(Session warehouse, IEnumerable<ProfileId> profiles, CancellationToken cancel)
    {
        var seq = await LastMovedAsync(warehouse, cancel) + 1;
        await warehouse.LoadAsync("moved_profile", ["seq", "profile_id"], profiles.Distinct().Select(id => new object?[] { seq, id }), cancel);
    }

    /// <summary>The figures of a customer or company; those of <see cref="MeasureSql.Business"/> are the business's.</summary>
    public Task<List<MeasureOf>> OfAsync(ProfileId subject, CancellationToken cancel) => stores.Ledger.ReadAsync(s => s.ListAsync(
        Sql.Of($"select measure, value, as_of from measure_figure where subject = {subject} order by measure"), r => new MeasureOf(r.Text(0), r.Double(1), r.Time(2)), cancel), cancel);

    /// <summary>How the figures lie; null while there are none.</summary>
    public Task<MeasureSpread?> SpreadAsync(string measure, CancellationToken cancel) => SpreadAsync(Sql.Of($"select value from measure_value where measure = {measure}"), cancel);

    /// <summary>Those with the highest figures.</summary>
    public Task<List<(ProfileId Subject, double Value)>> HighestAsync(string measure, int limit, CancellationToken cancel) => stores.Warehouse.ReadAsync(s => s.ListAsync(
        Sql.Of($"select subject, value from measure_value where measure = {measure} order by value desc, subject limit {limit}"), r => (r.ProfileId(0), r.Double(1)), cancel), cancel);

    /// <summary>What a measure would say, before it is stored.</summary>
    public async Task<MeasurePreview> PreviewAsync(Measure measure, MeasureLevel level, DateTimeOffset asOf, CancellationToken cancel)
    {
        var persons = level is MeasureLevel.Account ? Pairs(await PersonsAsync(cancel)) : null;
        return await LookAsync(MeasureSql.Of(measure, new(level, persons), asOf, zone), cancel);
    }

    /// <summary>What a stored measure says.</summary>
    public Task<MeasurePreview> LookAsync(string measure, CancellationToken cancel) => LookAsync(Sql.Of($"select subject, value from measure_value where measure = {measure}"), cancel);

    /// <summary>The business's figure at each of these moments, computed over the events up to then; null where there was none.</summary>
    public async Task<IReadOnlyList<double?>> TrendAsync(Measure measure, IReadOnlyList<DateTimeOffset> moments, CancellationToken cancel)
    {
        var found = new List<double?>();
        foreach (var moment in moments) found.Add(await stores.Warehouse.ReadAsync(s => s.FirstAsync(Sql.Of($"select max(value) from ({MeasureSql.Of(measure, new(MeasureLevel.Business), moment, zone)}) as figure"), r => r.DoubleOrNull(0), cancel), cancel));
        return found;
    }

    private async Task<MeasurePreview> LookAsync(Sql figures, CancellationToken cancel)
    {
        var rows = await stores.Warehouse.ReadAsync(s => s.ListAsync(Sql.Of($"""
            with figure as ({figures}),
            span as (select min(value) as low, percentile_cont(0.95) within group (order by value) as high from figure),
            raw as (select low, high, (high - low) / {(double)Bars} as width from span where high > low),
            mag as (select low, high, width, power(10.0, floor(log10(width))) as ten from raw),
            step as (select low, high, ten * case when width <= ten then 1 when width <= 2 * ten then 2 when width <= 5 * ten then 5 else 10 end as width from mag),
            edge as (select floor(low / width) * width as low, width, cast(ceil((high - floor(low / width) * width) / width) as bigint) as bars from step),
            placed as (select least(bars, cast(floor((value - low) / width) as bigint)) as bar from figure, edge),
            few as (select subject, value, row_number() over (order by md5(cast(subject as varchar))) as place from figure)
            select 0 as kind, count(*) as n, sum(value) as a, avg(value) as b, min(value) as c, percentile_cont(0.5) within group (order by value) as d, max(value) as e, cast(null as uuid) as subject from figure
            union all select 1, count(*), cast(bar as double precision), low, width, cast(bars as double precision), 0, null from placed, edge group by bar, low, width, bars
            union all select 2, place, value, 0, 0, 0, 0, subject from few where place <= {(long)Samples}
            """), r => (Kind: r.Int(0), N: r.Long(1), A: r.DoubleOrNull(2) ?? 0, B: r.DoubleOrNull(3) ?? 0, C: r.DoubleOrNull(4) ?? 0, D: r.DoubleOrNull(5) ?? 0, E: r.DoubleOrNull(6) ?? 0, Subject: r.IsNull(7) ? default : r.ProfileId(7)), cancel), cancel);
        var whole = rows.Single(r => r.Kind == 0);
        var counts = rows.Where(r => r.Kind == 1).ToDictionary(r => (int)r.A, r => r.N);
        var (low, width, count) = rows.Where(r => r.Kind == 1).Select(r => (r.B, r.C, (int)r.D)).FirstOrDefault();
        var bars = Enumerable.Range(0, count).Select(i => new MeasureBar(low + (i * width), low + ((i + 1) * width), counts.GetValueOrDefault(i))).ToList();
        if (counts.TryGetValue(count, out var rest) && width > 0) bars.Add(new(low + (count * width), null, rest));
        else if (whole.N > 0 && width == 0) bars.Add(new(whole.C, null, whole.N));
        return new(whole.N == 0 ? null : new(whole.N, whole.A, whole.B, whole.C, whole.D, whole.E), bars, [.. rows.Where(r => r.Kind == 2).OrderBy(r => r.N).Select(r => (r.Subject, r.A))]);
    }

    internal static async Task ForgetAsync(Stores stores, string measure, CancellationToken cancel)
    {
        await stores.Warehouse.WriteAsync(async s =>
        {
            await s.ExecuteAsync(Sql.Of($"delete from measure_value where measure = {measure}"), cancel);
            await s.ExecuteAsync(Sql.Of($"delete from measure_state where measure = {measure}"), cancel);
        }, cancel);
        await LedgerFigures.ForgetAsync(stores.Ledger, measure, cancel);
    }

    public void Dispose() => _one.Dispose();

    private sealed record State(long EventSeq, long MergeSeq, long MovedSeq, DateTimeOffset? TurnsAt);

    // Rows that all measures have come past are gone, so their place is the last.
    private static Task<long> LastMovedAsync(Session warehouse, CancellationToken cancel) =>
        warehouse.CountAsync(Sql.Of($"select max(seq) from (select seq from moved_profile union all select moved_seq from measure_state) as place"), cancel);

    private static async Task WriteStateAsync(Session session, string measure, State state, CancellationToken cancel)
    {
        await session.ExecuteAsync(Sql.Of($"delete from measure_state where measure = {measure}"), cancel);
        await session.LoadAsync("measure_state", ["measure", "event_seq", "merge_seq", "moved_seq", "turns_at"], [[measure, state.EventSeq, state.MergeSeq, state.MovedSeq, state.TurnsAt]], cancel);
        await session.ExecuteAsync(Sql.Of($"delete from moved_profile where seq <= (select min(moved_seq) from measure_state)"), cancel);
    }

    // Those of whom something is new. Of merged customers both: the lost one's figure has to go.
    private async Task<List<ProfileId>> ChangedAsync(StoredMeasure measure, State from, State to, DateTimeOffset asOf, IReadOnlyList<(ProfileId Person, ProfileId Account)>? persons, CancellationToken cancel)
    {
        var (ids, left) = await stores.Warehouse.ReadAsync(async s => (await s.ListAsync(Sql.Of($"""
            select distinct profile_id from event where seq > {from.EventSeq} and seq <= {to.EventSeq} and profile_id is not null and {MeasureSql.Concerns(measure.Measure)}
            union select profile_id from profile_merge where seq > {from.MergeSeq} and seq <= {to.MergeSeq}
            union select survivor_id from profile_merge where seq > {from.MergeSeq} and seq <= {to.MergeSeq}
            union select profile_id from moved_profile where seq > {from.MovedSeq} and seq <= {to.MovedSeq}
            """), r => r.ProfileId(0), cancel), await s.ListAsync(Sql.Of($"select subject from measure_value where measure = {measure.Name} and until <= {asOf}"), r => r.ProfileId(0), cancel)), cancel);
        if (measure.Level is MeasureLevel.Business) return ids.Count + left.Count == 0 ? [] : [MeasureSql.Business];
        if (persons is null) return [.. ids.Concat(left).Distinct()];
        var touched = ids.ToHashSet();
        return [.. persons.Where(p => touched.Contains(p.Person)).Select(p => p.Account).Concat(left).Distinct()];
    }

    // Persons and their companies by ids that hold now, and the groups that those are part of; a company's own events are its too.
    private async Task<IReadOnlyList<(ProfileId Person, ProfileId Account)>> PersonsAsync(CancellationToken cancel)
    {
        var ties = await TiesAsync(cancel);
        var above = ties.Where(t => t.Person != t.Account).ToLookup(t => t.Person, t => t.Account);
        var all = new List<(ProfileId, ProfileId)>();
        foreach (var person in ties.Select(t => t.Person).Distinct())
        {
            var (found, next) = (new HashSet<ProfileId>(), new Queue<ProfileId>([person]));
            while (next.TryDequeue(out var one))
                foreach (var group in above[one])
                    if (found.Add(group)) next.Enqueue(group);
            all.AddRange(found.Where(a => a != person).Select(a => (person, a)));
        }
        return [.. all, .. ties.Where(t => t.Person == t.Account)];
    }

    private Task<List<(ProfileId Person, ProfileId Account)>> TiesAsync(CancellationToken cancel) => stores.Ledger.ReadAsync(s => s.ListAsync(Sql.Of($"""
        select distinct coalesce(p.merged_into, p.profile_id), coalesce(c.merged_into, c.profile_id)
        from account_person a join profile p on p.profile_id = a.profile_id join profile c on c.profile_id = a.account_id
        union select profile_id, profile_id from profile where kind = 'account' and merged_into is null
        """), r => (r.ProfileId(0), r.ProfileId(1)), cancel), cancel);

    private static Sql Pairs(IReadOnlyList<(ProfileId Person, ProfileId Account)> persons) => Sql.By(d => d.Engine is EngineKind.DuckDb
        ? Sql.Of($"select cast(a as uuid) as profile_id, cast(b as uuid) as subject from (select unnest(cast({persons.Select(p => p.Person.ToString()).ToList()} as varchar[])) as a, unnest(cast({persons.Select(p => p.Account.ToString()).ToList()} as varchar[])) as b) as pair")
        : Sql.Of($"select unnest({persons.Select(p => p.Person.Value).ToArray()}) as profile_id, unnest({persons.Select(p => p.Account.Value).ToArray()}) as subject"));

    private Task<MeasureSpread?> SpreadAsync(Sql values, CancellationToken cancel) => stores.Warehouse.ReadAsync(s => s.FirstAsync(Sql.Of($"""
        select count(*), sum(value), avg(value), min(value), percentile_cont(0.5) within group (order by value), max(value) from ({values}) as figure
        """), r => r.Long(0) == 0 ? null : new MeasureSpread(r.Long(0), r.Double(1), r.Double(2), r.Double(3), r.Double(4), r.Double(5)), cancel), cancel);

    private DateTimeOffset? Turns(Measure measure, DateTimeOffset asOf) => measure is Ratio ratio
        ? new[] { Turns(ratio.Of, asOf), Turns(ratio.To, asOf) }.Min() : MeasureFigure.Window(((EventMeasure)measure).Window, asOf, zone).Turns;
}
