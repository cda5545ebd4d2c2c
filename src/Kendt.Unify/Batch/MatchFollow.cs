using System.Diagnostics;
using Kendt.Model;
using Kendt.Store;
using Kendt.Unify.Matching;

namespace Kendt.Unify.Batch;

/// <summary>What following has come to.</summary>
/// <param name="Run">The applied run that it stands on; null if there is none.</param>
/// <param name="Units">Records and streams in the index; 0 while it is not in memory.</param>
/// <param name="Why">Why it does not go on; null while it does.</param>
public sealed record FollowState(Guid? Run, long Units, string? Why);

/// <summary>
/// Matches what came or changed after a plan was applied, against an index of what was there, in bounded steps. What it finds is written as applying
/// a plan writes it, with how far it has come in the same transaction. The index lies in memory while there is something to do and in files
/// otherwise; after a kill it is read from there, or made anew from what was said, and takes again what it had taken: with the same outcome.
/// </summary>
/// <param name="parse">Reads the configuration of a run.</param>
/// <param name="rows">So many said values are read in one step, and a few more.</param>
/// <param name="mostBytes">An index that would be larger is not made: what comes waits for the next plan.</param>
public sealed class MatchFollow(Stores stores, IdentifierRules rules, Func<string, MatchConfig> parse, TimeProvider time, int rows = 50_000, long? mostBytes = null) : IDisposable
{
    // About what one unit takes in memory.
    private const long UnitBytes = 700;

    private static readonly ActivitySource Spans = new("Kendt.Unify");

    private readonly SemaphoreSlim _turn = new(1);
    private readonly IndexFiles _files = new(Path.Combine(stores.Folder, "matching"));
    private readonly ApplyPlan _apply = new(rules);
    private HeldIndex? _held;
    private bool _isSaved = true;

    public FollowState State { get; private set; } = new(null, 0, null);

    /// <summary>Takes the next step, if something came.</summary>
    /// <param name="besides">What else is to be written in the same transaction for the profiles that changed.</param>
    /// <returns>What it did; null if there is nothing to do.</returns>
    public async Task<AppliedStep?> StepAsync(Func<Session, AppliedStep, Task> besides, CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel);
        try
        {
            var basis = await stores.Ledger.ReadAsync(s => FollowBasis.FindAsync(s, parse, cancel), cancel);
            State = new(basis?.Run, State.Units, basis?.Why);
            if (basis is null || basis.Why is not null) return null;
            var reached = await stores.Ledger.ReadAsync(s => Reached.ReadAsync(s, cancel), cancel);
            var until = await stores.Warehouse.ReadAsync(s => reached.NextAsync(s, rows, cancel), cancel);
            if (until == reached && basis.HasHouseholds) return null;
            if ((mostBytes ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4) is var most && Math.Max(_files.Bytes, basis.Units * UnitBytes) > most)
            {
                State = State with { Why = $"The index would take more than {most >> 20} MB of memory. Make a plan now and then: it needs no index." };
                return null;
            }
            if (!basis.HasHouseholds) await HouseholdsAsync(basis, await HoldAsync(basis, reached, cancel), cancel);
            return until == reached ? new([], [], 0, 0) : await StepAsync(basis, reached, until, besides, cancel);
        }
        catch
        {
            _held = null; // what was put may not have been written
            throw;
        }
        finally
        {
            State = State with { Units = _held?.OfAccounts.Values.Sum(i => (long)i.Count) ?? 0 };
            _turn.Release();
        }
    }

    private async Task<AppliedStep> StepAsync(FollowBasis basis, Reached reached, Reached until, Func<Session, AppliedStep, Task> besides, CancellationToken cancel)
    {
        using var span = Spans.StartActivity("match.follow");
        var held = await HoldAsync(basis, reached, cancel);
        var (units, touched) = await PutAsync(basis, held, until, cancel);
        span?.SetTag("units", units);
        var step = await stores.Ledger.WriteAsync(async ledger =>
        {
            var done = await new FollowStep(_apply, basis, time.GetUtcNow()).RunAsync(ledger, touched, units, cancel);
            await until.WriteAsync(ledger, cancel);
            await besides(ledger, done);
            return done;
        }, cancel);
        (_held, _isSaved) = (held with { Reached = until }, false);
        return step;
    }

    private async Task<(int Units, List<(MatchIndex, bool, Touched)> Touched)> PutAsync(FollowBasis basis, HeldIndex held, Reached until, CancellationToken cancel)
    {
        var news = await FollowNews.ReadAsync(stores, rules, basis, held.Reached, until, cancel);
        var touched = new List<(MatchIndex, bool, Touched)>();
        foreach (var (isAccount, index) in held.OfAccounts) touched.Add((index, isAccount, await Task.Run(() => news.PutInto(index, isAccount, cancel), cancel)));
        return (news.Units, touched);
    }

    // After a plan was applied everybody's households are made anew, so many at a time; who is cut off begins again, and writes what is missing.
    private async Task HouseholdsAsync(FollowBasis basis, HeldIndex held, CancellationToken cancel)
    {
        (_held, _isSaved) = (held, false);
        if (held.OfAccounts.TryGetValue(false, out var index))
        {
            var records = index.Around(Enumerable.Range(0, index.Size));
            var units = records.Select(record => FieldMap.UnitOf(index.IdOf(record))).ToList();
            var owners = await stores.Ledger.ReadAsync(s => GroupBook.OwnersAsync(s, [.. units.Distinct()], cancel), cancel);
            var places = Enumerable.Range(0, units.Count).Where(i => owners.ContainsKey(units[i])).ToList();
            var found = FollowStep.Live(index, [.. places.Select(i => records[i])], [.. places.Select(i => owners[units[i]].Id)]);
            var moves = await stores.Ledger.ReadAsync(s => HouseholdBook.MovesAsync(s, [.. owners.Values.Select(o => o.Id).Distinct()], found, time.GetUtcNow(), cancel), cancel);
            foreach (var some in moves.Chunk(20_000)) await stores.Ledger.WriteAsync(s => HouseholdBook.WriteAsync(s, some, cancel), cancel);
        }
        await stores.Ledger.WriteAsync(s => s.ExecuteAsync(Sql.Of($"update match_run set households_at = {time.GetUtcNow()} where run_id = {basis.Run}"), cancel), cancel);
    }

    // What is not in the file or the run and was matched already is put again, without judging anybody by a part of what is known.
    private async Task<HeldIndex> HoldAsync(FollowBasis basis, Reached reached, CancellationToken cancel)
    {
        var held = _held;
        if (held is null || held.Run != basis.Run || !held.Reached.IsNotBeyond(reached))
        {
            _held = null;
            held = await Task.Run(() => _files.Load(basis.Run, basis.Basis.Kinds.Select(k => k.IsAccount), basis.Config), cancel);
            if (held is null || !held.Reached.IsNotBeyond(reached)) held = await MakeAsync(basis, cancel);
        }
        while (held.Reached != reached)
        {
            var until = (await stores.Warehouse.ReadAsync(s => held.Reached.NextAsync(s, rows, cancel), cancel)).Both(reached);
            if (until == held.Reached) until = reached; // what was there has been taken back since
            await PutAsync(basis, held, until, cancel);
            held = held with { Reached = until };
        }
        return held;
    }

    // As it was when the run read it, so that it is the same whenever it is made.
    private async Task<HeldIndex> MakeAsync(FollowBasis basis, CancellationToken cancel)
    {
        var groups = await stores.Ledger.ReadAsync(s => GroupBook.LoadAsync(s, cancel), cancel);
        var sources = await new UnitReader(stores, rules, basis.Config, groups).ReadAsync(basis.Basis.Reached, _ => { }, cancel);
        return new(basis.Run, basis.Basis.Reached, await Task.Run(() => basis.Basis.Kinds.ToDictionary(k => k.IsAccount, k => Make(basis, k, sources, groups, cancel)), cancel));
    }

    private static MatchIndex Make(FollowBasis basis, KindBasis kind, IReadOnlyList<SourceRows> sources, GroupBook groups, CancellationToken cancel)
    {
        var run = KindRun.Prepare(kind.IsAccount, sources, basis.Fields, basis.Config, groups, kind.Model is null ? null : MatchModel.FromJson(kind.Model)) ?? throw new CannotException("Nothing of what was matched is there any more. Make a new plan.");
        run.Matcher.Block();
        run.Matcher.Learn(cancel);
        run.Matcher.Score(cancel);
        return run.Matcher.Keep();
    }

    /// <summary>Writes the index to its files, if it has changed; and lets go of it, if that is asked for. For quiet times.</summary>
    public async Task RestAsync(bool release, CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel);
        try
        {
            if (_held is { } held && !_isSaved) await Task.Run(() => _files.Save(held), cancel);
            _isSaved = true;
            if (release) _held = null;
            State = State with { Units = _held is null ? 0 : State.Units };
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Takes what is known of some identifiers out of the index, in memory and in its files, for good.</summary>
    public async Task ForgetAsync(IReadOnlyCollection<Identifier> units, CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel);
        try
        {
            if (await stores.Ledger.ReadAsync(s => FollowBasis.FindAsync(s, parse, cancel), cancel) is { Why: null } basis) _held ??= await Task.Run(() => _files.Load(basis.Run, basis.Basis.Kinds.Select(k => k.IsAccount), basis.Config), cancel);
            if (_held is not { } held)
            {
                _files.Delete(); // nobody can read it: it is made anew from what stands
                return;
            }
            foreach (var index in held.OfAccounts.Values) index.Remove(FollowNews.IdsOf(index, units));
            await Task.Run(() => _files.Save(held), cancel);
            _held = null; // memory too
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();
}
