using System.Runtime.CompilerServices;
using System.Security.Claims;
using Kendt.Collect;
using Kendt.Model;
using Kendt.Studio.Data;

namespace Kendt.Studio.Preview;

public sealed partial class DesignData : ISourceDesk, ILiveReader
{
    /// <summary>Set by tests: who looks may change nothing.</summary>
    public bool LooksOnly { get; set; }

    private RateLimit? limit = new(500, 2_000);

    public Task<IReadOnlyList<string>> NamesAsync(CancellationToken cancel) => Task.FromResult<IReadOnlyList<string>>(Rows().ConvertAll(row => row.Name));

    public Task<SourceDetail?> ReadAsync(SourceQuery query, ClaimsPrincipal who, CancellationToken cancel)
    {
        if (Rows().Find(row => row.Name == query.Name) is not { } source) return Task.FromResult<SourceDetail?>(null);
        var step = query.Per switch { Per.Minute => TimeSpan.FromMinutes(1), Per.Hour => TimeSpan.FromHours(1), _ => TimeSpan.FromDays(1) };
        var begin = new DateTimeOffset(Now.UtcTicks - (Now.UtcTicks % step.Ticks), TimeSpan.Zero);
        TrafficPoint[] traffic = [.. Days(30, 6, 24_000, 9_000).Select((point, i) => new TrafficPoint(begin - (step * (29 - i)), source.Volume.Count > 0 ? (long)point.Value : 0, source.Rejected > 0 && i % 7 == 3 ? 12 + i : 0, source.Rejected > 100 && i == 21 ? 480 : 0))];
        var streams = source.Kind == SourceKind.Stream;
        return Task.FromResult<SourceDetail?>(new(streams ? limit : null,
            streams ? [new("3f9a0c1b2d4e", "...7Qmx", Now.AddDays(-620), Now.AddDays(-40)), new("b812aa90ff31", "...b2Hp", Now.AddDays(-41), null)] : [], traffic,
            streams ? [new("page", "Home", 512_400, Now.AddDays(-600), Now.AddMinutes(-1)), new("track", "Product Added", 61_220, Now.AddDays(-590), Now.AddMinutes(-4)), new("identify", "", 22_904, Now.AddDays(-600), Now.AddMinutes(-9))] : [],
            query.Type is null ? null : new(2_000,
            [
                new("product_id", ["text"], "T-17", 2_000, Now.AddDays(-3), Now.AddMinutes(-4)), new("price", ["number", "text"], "499.5", 1_998, Now.AddDays(-3), Now.AddMinutes(-4)),
                new("email", ["text"], "•••", 312, Now.AddDays(-3), Now.AddHours(-1)),
            ]), !LooksOnly));
    }

    public Task<MadeKey> CreateAsync(string name, ClaimsPrincipal who, CancellationToken cancel) => Rows().Exists(row => row.Name == name)
        ? throw new BadInputException($"There is a source '{name}' already. Choose another name, or make a new key on its own page.")
        : Task.FromResult(new MadeKey(name, "Ww3xT9bKpRm7LcQe2HnVd5YsZa8GfJ4u"));

    public Task<MadeKey> AddKeyAsync(string name, ClaimsPrincipal who, CancellationToken cancel) => Task.FromResult(new MadeKey(name, "Ww3xT9bKpRm7LcQe2HnVd5YsZa8GfJ4u"));

    public Task DisableKeyAsync(string name, string id, ClaimsPrincipal who, CancellationToken cancel) => Task.CompletedTask;

    public Task SetEnabledAsync(string name, bool enabled, ClaimsPrincipal who, CancellationToken cancel) => Task.CompletedTask;

    public Task SetLimitAsync(string name, RateLimit? limit, ClaimsPrincipal who, CancellationToken cancel)
    {
        this.limit = limit?.Checked();
        return Task.CompletedTask;
    }

    public async IAsyncEnumerable<LiveRows> WatchAsync(LiveFilter filter, ClaimsPrincipal who, [EnumeratorCancellation] CancellationToken cancel)
    {
        string[] names = ["Home", "Product Added", "Tents", "Order Completed"];
        for (var n = 0L; !cancel.IsCancellationRequested; n++)
        {
            var track = n % 2 == 1;
            var row = new LiveRow(n, Now, "webshop", track ? "track" : "page", names[n % 4], n % 5 == 4 ? "neither userId nor anonymousId is given: a message is about somebody." : null,
                $$"""
                {
                  "type": "{{(track ? "track" : "page")}}",
                  "anonymousId": "•••",
                  "messageId": "ajs-next-{{n}}"
                }
                """, IsCut: false);
            yield return new((filter.Source is null || filter.Source == row.Source) && (!filter.RejectedOnly || row.Rejected is not null) ? [row] : [], n == 9 ? 1_204 : 0);
            await Task.Delay(TimeSpan.FromMilliseconds(700), time, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}

/// <summary>A workspace of the first minute has no sources; nothing comes in.</summary>
public sealed class EmptySources(TimeProvider time) : ISourceDesk, ILiveReader
{
    public Task<IReadOnlyList<string>> NamesAsync(CancellationToken cancel) => Task.FromResult<IReadOnlyList<string>>([]);
    public Task<SourceDetail?> ReadAsync(SourceQuery query, ClaimsPrincipal who, CancellationToken cancel) => Task.FromResult<SourceDetail?>(null);
    public Task<MadeKey> CreateAsync(string name, ClaimsPrincipal who, CancellationToken cancel) => Task.FromResult(new MadeKey(name, "Ww3xT9bKpRm7LcQe2HnVd5YsZa8GfJ4u"));
    public Task<MadeKey> AddKeyAsync(string name, ClaimsPrincipal who, CancellationToken cancel) => CreateAsync(name, who, cancel);
    public Task DisableKeyAsync(string name, string id, ClaimsPrincipal who, CancellationToken cancel) => Task.CompletedTask;
    public Task SetEnabledAsync(string name, bool enabled, ClaimsPrincipal who, CancellationToken cancel) => Task.CompletedTask;
    public Task SetLimitAsync(string name, RateLimit? limit, ClaimsPrincipal who, CancellationToken cancel) => Task.CompletedTask;

    public async IAsyncEnumerable<LiveRows> WatchAsync(LiveFilter filter, ClaimsPrincipal who, [EnumeratorCancellation] CancellationToken cancel)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, time, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        yield break;
    }
}
