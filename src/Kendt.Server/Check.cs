using Kendt.Collect;
using Kendt.Profiles;
using Kendt.Server.Host;
using Kendt.Store;

namespace Kendt.Server;

/// <summary>One thing looked at.</summary>
public sealed record CheckResult(string Name, bool Ok, string Seen);

/// <summary>Whether a workspace is whole: files sound, nothing lost between the rooms, nothing stuck, room on the disk.</summary>
public sealed class Check(Stores stores, KendtOptions options, Pipeline pipeline, IntakeLog log)
{
    public async Task<IReadOnlyList<CheckResult>> RunAsync(CancellationToken cancel)
    {
        await pipeline.CaughtUpAsync(null, cancel);
        return [await LedgerAsync(cancel), await MessagesAsync(cancel), await OwnersAsync(cancel), await BacklogAsync(cancel), DiskSpace()];
    }

    private async Task<CheckResult> LedgerAsync(CancellationToken cancel)
    {
        if (stores.Ledger.Dialect.Engine is not EngineKind.Sqlite) return new("ledger", true, "PostgreSQL answers");
        var seen = await stores.Ledger.ReadAsync(s => s.FirstAsync(Sql.Of($"pragma quick_check"), r => r.Text(0), cancel), cancel);
        return new("ledger", seen == "ok", seen == "ok" ? "SQLite finds its file sound" : seen ?? "no answer");
    }

    private async Task<CheckResult> MessagesAsync(CancellationToken cancel)
    {
        var (messages, damages) = await log.VerifyAsync(cancel);
        var (events, distinct) = await stores.Warehouse.ReadAsync(s => s.FirstAsync(Sql.Of($"select count(*), count(distinct seq) from event_log"), r => (r.Long(0), r.Long(1)), cancel), cancel);
        var letters = await stores.Warehouse.ReadAsync(s => s.CountAsync(Sql.Of($"select count(*) from dead_letter where origin like 'message:%'"), cancel), cancel);
        var seen = $"{messages:N0} in the log, {events:N0} as events ({distinct:N0} different), {letters:N0} could not be read";
        foreach (var damage in damages)
            seen += $"; {damage.Bytes:N0} bytes of {damage.File} from byte {damage.Offset:N0} on, after message {damage.AfterSeq:N0}, are damaged: put the file back from a backup";
        return new("messages", damages.Count == 0 && events == distinct && events + letters >= messages, seen);
    }

    private async Task<CheckResult> OwnersAsync(CancellationToken cancel)
    {
        var nobody = await stores.Warehouse.ReadAsync(s => s.CountAsync(Sql.Of($"select count(*) from event_log where written_profile_id is null"), cancel), cancel);
        var dangling = await stores.Ledger.ReadAsync(s => s.CountAsync(Sql.Of($"select count(*) from profile p join profile q on q.profile_id = p.merged_into where q.merged_into is not null"), cancel), cancel);
        var misplaced = await OwnEvents.MisplacedAsync(stores, cancel);
        return new("profiles", dangling == 0 && misplaced == 0, $"{nobody:N0} events name nobody, {dangling:N0} merged ids that do not resolve in one step, {misplaced:N0} sorted events under a wrong key");
    }

    private async Task<CheckResult> BacklogAsync(CancellationToken cancel)
    {
        var backlog = await pipeline.BacklogAsync(cancel);
        return new("backlog", backlog == 0, $"{backlog:N0} messages and records wait for the pipeline");
    }

    private CheckResult DiskSpace()
    {
        var free = Disk.Free(options.Folder);
        return new("disk", free > 1L << 30, $"{free / 1_000_000:N0} MB free");
    }
}
