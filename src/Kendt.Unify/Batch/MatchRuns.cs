using System.Text.Json;
using System.Text.Json.Serialization;
using Kendt.Model;
using Kendt.Store;

namespace Kendt.Unify.Batch;

/// <summary>Where a run is. A plan that another one took the place of is replaced, and cannot be applied any more.</summary>
public enum MatchState { Planning, Planned, Applying, Applied, Failed, Replaced }

/// <summary>A run as it is kept.</summary>
/// <param name="Yaml">The configuration that it was made by.</param>
/// <param name="Decisions">The last decision about identity before it began.</param>
/// <param name="Summary">What it found; null until there is a plan.</param>
/// <param name="AppliedTo">Up to which place it has been applied.</param>
public sealed record MatchRunRow(
    Guid Id, MatchState State, string Yaml, string Actor, long Decisions, MatchSummary? Summary, string? Error, DateTimeOffset CreatedAt, DateTimeOffset? EndedAt,
    DateTimeOffset? AppliedAt, long AppliedTo, MatchOutcome Outcome);

/// <summary>What applying a plan did so far.</summary>
/// <param name="Skipped">Changes that were left out, because somebody decided otherwise since the plan was made.</param>
/// <param name="Followed">Records and streams that came or changed since and were matched; what came of it counts among the others.</param>
public sealed record MatchOutcome(long Merged = 0, long Parted = 0, long LinksAdded = 0, long LinksRevoked = 0, long Skipped = 0, long Followed = 0)
{
    public static MatchOutcome operator +(MatchOutcome a, MatchOutcome b) => new(a.Merged + b.Merged, a.Parted + b.Parted, a.LinksAdded + b.LinksAdded, a.LinksRevoked + b.LinksRevoked, a.Skipped + b.Skipped, a.Followed + b.Followed);
}

/// <summary>A link of a plan, to be shown.</summary>
public sealed record PlanLink(long Place, bool IsAdded, Identifier Left, Identifier Right, string Rule, double Weight, IReadOnlyList<WaterfallBar> Bars);

/// <summary>A pair of a run, to be shown.</summary>
/// <param name="Answer"><c>same</c>, <c>different</c> or <c>skip</c>; null where nobody said.</param>
public sealed record MatchPair(Guid Run, long Number, Identifier Left, Identifier Right, double Bits, IReadOnlyList<WaterfallBar> Bars, string? Answer, string? Actor);

/// <summary>Which pairs of a run are asked for.</summary>
/// <param name="From">The least weight; null for any.</param>
public sealed record PairQuestion(bool ForReview, double? From = null, double? To = null, bool OnlyOpen = false, int Limit = 50);

/// <summary>The ledger's tables of matching: configuration, runs, plans, pairs.</summary>
public sealed class MatchRuns(Stores stores, TimeProvider time)
{
    private const string Config = "matching";

    // So many runs are remembered; the plans of older ones are let go of.
    private const int Remembered = 20;

    private static Sql Columns => Sql.Of($"run_id, state, yaml, actor, decisions, summary, error, created_at, ended_at, applied_at, applied_to, outcome");

    /// <summary>The text of the configuration; null if nobody made one.</summary>
    public Task<string?> ConfigAsync(CancellationToken cancel) => stores.Ledger.ReadAsync(s => s.FirstAsync(Sql.Of($"select yaml from match_config where name = {Config}"), r => r.TextOrNull(0), cancel), cancel);

    /// <summary>Keeps a configuration that was read without fault.</summary>
    public Task PutConfigAsync(Session ledger, string yaml, string actor, CancellationToken cancel) => ledger.ExecuteAsync(Sql.Of($"""
        insert into match_config (name, yaml, updated_at, updated_by) values ({Config}, {yaml}, {time.GetUtcNow()}, {actor})
        on conflict (name) do update set yaml = excluded.yaml, updated_at = excluded.updated_at, updated_by = excluded.updated_by
        """), cancel);

    /// <summary>Begins a run.</summary>
    public async Task<Guid> AddAsync(string yaml, string actor, CancellationToken cancel)
    {
        var (now, id) = (time.GetUtcNow(), Guid.CreateVersion7(time.GetUtcNow()));
        await stores.Ledger.WriteAsync(async s =>
        {
            var decisions = await s.CountAsync(Sql.Of($"select max(seq) from identity_decision"), cancel);
            await s.ExecuteAsync(Sql.Of($"""
                insert into match_run (run_id, state, yaml, actor, decisions, created_at, applied_to, outcome)
                values ({id}, {MatchState.Planning}, {yaml}, {actor}, {decisions}, {now}, 0, {Json(new())})
                """), cancel);
            var old = (await s.ListAsync(Sql.Of($"select run_id from match_run where state not in ('planning', 'planned', 'applying') order by created_at desc, run_id desc"), r => r.Guid(0), cancel)).Skip(Remembered).ToList();
            foreach (var run in old)
            {
                await ClearAsync(s, run, cancel);
                await s.ExecuteAsync(Sql.Of($"delete from match_run where run_id = {run}"), cancel);
            }
        }, cancel);
        return id;
    }

    /// <summary>The newest first.</summary>
    public Task<List<MatchRunRow>> ListAsync(int limit, CancellationToken cancel) =>
        stores.Ledger.ReadAsync(s => s.ListAsync(Sql.Of($"select {Columns} from match_run order by created_at desc, run_id desc limit {(long)limit}"), Read, cancel), cancel);

    public Task<MatchRunRow?> FindAsync(Guid run, CancellationToken cancel) => stores.Ledger.ReadAsync(s => FindAsync(s, run, cancel), cancel);

    internal static Task<MatchRunRow?> FindAsync(Session ledger, Guid run, CancellationToken cancel) => ledger.FirstAsync(Sql.Of($"select {Columns} from match_run where run_id = {run}"), Read, cancel);

    /// <summary>What a run left for those who come after it; null if it was not made for that.</summary>
    internal static async Task<MatchBasis?> BasisAsync(Session ledger, Guid run, CancellationToken cancel) => MatchBasis.Of(await ledger.FirstAsync(Sql.Of($"select basis from match_run where run_id = {run}"), r => r.TextOrNull(0), cancel));

    /// <summary>Counts what was done since the plan was applied.</summary>
    internal static async Task AddOutcomeAsync(Session ledger, Guid run, MatchOutcome more, CancellationToken cancel)
    {
        var row = (await FindAsync(ledger, run, cancel))!;
        await ledger.ExecuteAsync(Sql.Of($"update match_run set outcome = {Json(row.Outcome + more)} where run_id = {run}"), cancel);
    }

    internal static string Json(MatchOutcome outcome) => JsonSerializer.Serialize(outcome, MatchJson.Default.MatchOutcome);

    /// <summary>A run begins to work. Runs work one after another, so one that came before it and has no plan was stopped.</summary>
    public Task BeginAsync(Guid run, CancellationToken cancel) => stores.Ledger.WriteAsync(s => s.ExecuteAsync(Sql.Of($"""
        update match_run set state = {MatchState.Failed}, error = 'The run was stopped.', ended_at = {time.GetUtcNow()}
        where state = {MatchState.Planning} and run_id <> {run} and created_at < (select created_at from match_run where run_id = {run})
        """), cancel), cancel);

    /// <summary>A run that could not be finished.</summary>
    public Task FailAsync(Guid run, string error, CancellationToken cancel) => stores.Ledger.WriteAsync(s =>
        s.ExecuteAsync(Sql.Of($"update match_run set state = {MatchState.Failed}, error = {error}, ended_at = {time.GetUtcNow()} where run_id = {run} and state = {MatchState.Planning}"), cancel), cancel);

    internal static async Task ClearAsync(Session ledger, Guid run, CancellationToken cancel)
    {
        await ledger.ExecuteAsync(Sql.Of($"delete from match_change where run_id = {run}"), cancel);
        await ledger.ExecuteAsync(Sql.Of($"delete from match_link where run_id = {run}"), cancel);
        await ledger.ExecuteAsync(Sql.Of($"delete from match_pair where run_id = {run}"), cancel);
    }

    // The plan before it is not what would be applied now.
    internal static async Task PlannedAsync(Session ledger, Guid run, MatchSummary summary, MatchBasis basis, DateTimeOffset at, CancellationToken cancel)
    {
        foreach (var old in await ledger.ListAsync(Sql.Of($"select run_id from match_run where state = {MatchState.Planned}"), r => r.Guid(0), cancel))
        {
            await ClearAsync(ledger, old, cancel);
            await ledger.ExecuteAsync(Sql.Of($"update match_run set state = {MatchState.Replaced} where run_id = {old}"), cancel);
        }
        await ledger.ExecuteAsync(Sql.Of($"""
            update match_run set state = {MatchState.Planned}, summary = {JsonSerializer.Serialize(summary, MatchJson.Default.MatchSummary)}, basis = {basis.ToJson()}, ended_at = {at} where run_id = {run} and state = {MatchState.Planning}
            """), cancel);
    }

    /// <summary>Begins to apply a plan; a plan that is being applied goes on.</summary>
    /// <exception cref="BadInputException">It is no plan, or not the newest.</exception>
    public Task BeginApplyAsync(Guid run, CancellationToken cancel) => stores.Ledger.WriteAsync(async s =>
    {
        var row = await FindAsync(s, run, cancel) ?? throw new BadInputException("There is no such run of matching.");
        if (row.State is MatchState.Applying) return;
        if (row.State is not MatchState.Planned) throw new BadInputException(row.State switch
        {
            MatchState.Applied => "This plan has been applied already.",
            MatchState.Replaced => "A newer plan took the place of this one. Apply the newest.",
            MatchState.Failed => "This run has no plan: it failed. Make a new plan.",
            _ => "The plan is not there yet. Wait until its run has ended.",
        });
        foreach (var other in await s.ListAsync(Sql.Of($"select run_id from match_run where state = {MatchState.Applying}"), r => r.Guid(0), cancel))
            throw new BadInputException($"Another plan is being applied. Wait until it is done, or let it go on if it was stopped (kendt match apply --run {other}); then make a new plan.");
        await s.ExecuteAsync(Sql.Of($"update match_run set state = {MatchState.Applying} where run_id = {run}"), cancel);
    }, cancel);

    /// <summary>What a plan would change: alarms first, then what is least sure.</summary>
    public Task<List<PlannedChange>> ChangesAsync(Guid run, ChangeKind? kind, bool onlyAlarms, int skip, int take, CancellationToken cancel)
    {
        var which = Sql.And([Sql.Of($"run_id = {run}"), .. kind is { } only ? [Sql.Of($"kind = {only}")] : Array.Empty<Sql>(), .. onlyAlarms ? [Sql.Of($"alarm <> ''")] : Array.Empty<Sql>()]);
        return stores.Ledger.ReadAsync(s => s.ListAsync(Sql.Of($"""
            select place, kind, profiles, units, weight, alarm from match_change where {which}
            order by case when alarm = '' then 1 else 0 end, case when weight is null then 1 else 0 end, weight, place limit {(long)take} offset {(long)skip}
            """), r => new PlannedChange(r.Long(0), Enum.Parse<ChangeKind>(r.Text(1), ignoreCase: true),
                [.. JsonSerializer.Deserialize<string[]>(r.Text(2))!.Select(p => ProfileId.TryParse(p, out var id) ? id : default)], r.Long(3), r.DoubleOrNull(4), r.Text(5)), cancel), cancel);
    }

    /// <summary>The links of some changes.</summary>
    public Task<List<PlanLink>> LinksAsync(Guid run, IReadOnlyCollection<long> places, CancellationToken cancel) => stores.Ledger.ReadAsync(s => s.ListChunkedAsync(
        [.. places.Select(p => new object?[] { p })],
        rows => Sql.Of($"""
            with v(place) as ({rows})
            select l.place, l.action, l.left_type, l.left_value, l.right_type, l.right_value, l.rule, l.weight, l.detail from v join match_link l on l.run_id = {run} and l.place = v.place order by l.place, l.number
            """), r => new PlanLink(r.Long(0), r.Text(1) == "add", new(r.Text(2), r.Text(3)), new(r.Text(4), r.Text(5)), r.Text(6), r.Double(7), Waterfall.Read(r.TextOrNull(8))), cancel), cancel);

    /// <summary>Pairs of a run: for review in the order in which they are to be asked, examples by weight.</summary>
    public Task<List<MatchPair>> PairsAsync(Guid run, PairQuestion question, CancellationToken cancel)
    {
        var which = Sql.And([
            Sql.Of($"run_id = {run}"), Sql.Of($"kind = {(question.ForReview ? "review" : "example")}"),
            .. question.From is { } from ? [Sql.Of($"bits >= {from}")] : Array.Empty<Sql>(), .. question.To is { } to ? [Sql.Of($"bits < {to}")] : Array.Empty<Sql>(),
            .. question.OnlyOpen ? [Sql.Of($"answer is null")] : Array.Empty<Sql>()]);
        var order = question.ForReview ? Sql.Of($"number") : Sql.Of($"bits desc, number");
        return stores.Ledger.ReadAsync(s => s.ListAsync(Sql.Of($"select {PairColumns} from match_pair where {which} order by {order} limit {(long)question.Limit}"), ReadPair, cancel), cancel);
    }

    public Task<MatchPair?> PairAsync(Guid run, long number, CancellationToken cancel) =>
        stores.Ledger.ReadAsync(s => s.FirstAsync(Sql.Of($"select {PairColumns} from match_pair where run_id = {run} and number = {number}"), ReadPair, cancel), cancel);

    /// <summary>How many pairs wait for an answer, and how many have one, by answer.</summary>
    public Task<List<(string? Answer, long Pairs)>> AnswersAsync(Guid run, CancellationToken cancel) => stores.Ledger.ReadAsync(s =>
        s.ListAsync(Sql.Of($"select answer, count(*) from match_pair where run_id = {run} and kind = 'review' group by answer"), r => (r.TextOrNull(0), r.Long(1)), cancel), cancel);

    /// <summary>Keeps an answer.</summary>
    public Task AnswerAsync(Guid run, long number, string answer, string actor, CancellationToken cancel) => stores.Ledger.WriteAsync(s =>
        s.ExecuteAsync(Sql.Of($"update match_pair set answer = {answer}, actor = {actor}, answered_at = {time.GetUtcNow()} where run_id = {run} and number = {number} and kind = 'review'"), cancel), cancel);

    private static Sql PairColumns => Sql.Of($"run_id, number, left_type, left_value, right_type, right_value, bits, detail, answer, actor");

    private static MatchPair ReadPair(Row r) => new(r.Guid(0), r.Long(1), new(r.Text(2), r.Text(3)), new(r.Text(4), r.Text(5)), r.Double(6), Waterfall.Read(r.Text(7)), r.TextOrNull(8), r.TextOrNull(9));

    private static MatchRunRow Read(Row r) => new(
        r.Guid(0), Enum.Parse<MatchState>(r.Text(1), ignoreCase: true), r.Text(2), r.Text(3), r.Long(4), r.TextOrNull(5) is { } summary ? JsonSerializer.Deserialize(summary, MatchJson.Default.MatchSummary) : null,
        r.TextOrNull(6), r.Time(7), r.TimeOrNull(8), r.TimeOrNull(9), r.Long(10), JsonSerializer.Deserialize(r.Text(11), MatchJson.Default.MatchOutcome) ?? new());
}

[JsonSerializable(typeof(MatchSummary))]
[JsonSerializable(typeof(MatchOutcome))]
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UseStringEnumConverter = true)]
internal sealed partial class MatchJson : JsonSerializerContext;
