using System.Text.Json.Nodes;
using Kendt.Model;
using Kendt.Store;

namespace Kendt.Collect;

/// <summary>How much a source may send.</summary>
/// <param name="PerSecond">Messages a second, in the long run.</param>
/// <param name="Burst">Messages that may come at once after a quiet time.</param>
public sealed record RateLimit(double PerSecond, int Burst)
{
    public const double MostPerSecond = 1_000_000;
    public const int MostBurst = 10_000_000;

    /// <exception cref="BadInputException">A number is out of its range.</exception>
    public RateLimit Checked()
    {
        if (!(PerSecond is > 0 and <= MostPerSecond)) throw new BadInputException($"perSecond has to be above 0 and at most {MostPerSecond:N0} messages.");
        if (Burst is < 1 or > MostBurst) throw new BadInputException($"burst has to be from 1 to {MostBurst:N0} messages.");
        return this;
    }
}

/// <summary>A write key as it is listed: never the key itself.</summary>
/// <param name="Id">Names it among the keys of its source; twelve letters of its digest.</param>
/// <param name="Hint">The key's last letters.</param>
public sealed record WriteKeyInfo(string Id, string Hint, DateTimeOffset CreatedAt, DateTimeOffset? DisabledAt);

/// <summary>What of a source may change later: its keys, whether it is on, how much it may send. A change holds at once.</summary>
public sealed partial class Sources
{
    private const int IdLength = 12;

    private int _changes;

    /// <summary>By name; null if there is none.</summary>
    public Task<Source?> FindAsync(string name, CancellationToken cancel) => stores.Ledger.ReadAsync(
        s => s.FirstAsync(Sql.Of($"select {Columns} from source where name = {name}"), Read, cancel), cancel);

    /// <summary>The keys of a source, the oldest first.</summary>
    public Task<List<WriteKeyInfo>> KeysAsync(string name, CancellationToken cancel) => stores.Ledger.ReadAsync(s => s.ListAsync(
        Sql.Of($"select key_hash, hint, created_at, disabled_at from write_key where source = {name} order by created_at, key_hash"),
        row => new WriteKeyInfo(row.Text(0)[..IdLength], row.Text(1), row.Time(2), row.TimeOrNull(3)), cancel), cancel);

    /// <summary>One more key for a source that is there. To change keys without a gap: make one, give it to the senders, disable the old one.</summary>
    /// <exception cref="BadInputException">There is no such source.</exception>
    public async Task<SourceAdded> AddKeyAsync(string name, CancellationToken cancel) =>
        await FindAsync(name, cancel) is { } source ? await AddAsync(name, source.Kind, source.Party, cancel) : throw Missing(name);

    /// <summary>Takes a key out of use for ever; who sends with it is answered 401 from now on.</summary>
    /// <exception cref="BadInputException">The source has no such key.</exception>
    public Task DisableKeyAsync(string name, string id, CancellationToken cancel) => ChangeAsync(async session =>
    {
        var like = id.Length == IdLength && id.All(char.IsAsciiHexDigitLower) ? id + "%" : "";
        if (await session.ExecuteAsync(Sql.Of($"update write_key set disabled_at = coalesce(disabled_at, {time.GetUtcNow()}) where source = {name} and key_hash like {like}"), cancel) == 0)
            throw new BadInputException($"The source '{name}' has no write key '{(id.Length > 40 ? id[..40] + "..." : id)}'. 'kendt source keys {name}' lists them.");
    }, cancel);

    /// <summary>Switches a source on or off. While it is off, its senders are answered 404.</summary>
    /// <exception cref="BadInputException">There is no such source.</exception>
    public Task SetEnabledAsync(string name, bool enabled, CancellationToken cancel) => ChangeAsync(async session =>
    {
        if (await session.ExecuteAsync(Sql.Of($"update source set enabled = {enabled} where name = {name}"), cancel) == 0) throw Missing(name);
    }, cancel);

    /// <summary>Bounds how much a source may send; null lifts the bound.</summary>
    /// <exception cref="BadInputException">There is no such source, or a number is out of its range.</exception>
    public Task SetLimitAsync(string name, RateLimit? limit, CancellationToken cancel) => ChangeAsync(async session =>
    {
        limit?.Checked();
        var kept = await session.FirstAsync(Sql.Of($"select settings from source where name = {name}"), row => row.Text(0), cancel) ?? throw Missing(name);
        var settings = JsonNode.Parse(kept)!.AsObject();
        settings.Remove("rateLimit");
        if (limit is not null) settings["rateLimit"] = new JsonObject { ["perSecond"] = limit.PerSecond, ["burst"] = limit.Burst };
        await session.ExecuteAsync(Sql.Of($"update source set settings = {settings.ToJsonString()} where name = {name}"), cancel);
    }, cancel);

    private async Task ChangeAsync(Func<Session, Task> change, CancellationToken cancel)
    {
        await stores.Ledger.WriteAsync(change, cancel);
        Interlocked.Increment(ref _changes);
        _byKey.Clear();
    }

    private static RateLimit? LimitOf(string settings) =>
        settings.Contains("rateLimit", StringComparison.Ordinal) && JsonNode.Parse(settings)?["rateLimit"] is { } limit
            ? new((double)limit["perSecond"]!, (int)limit["burst"]!) : null;

    private static BadInputException Missing(string name) => new($"There is no source '{(name.Length > 60 ? name[..60] + "..." : name)}'. 'kendt source list' shows them, 'kendt source add NAME' makes one.");
}
