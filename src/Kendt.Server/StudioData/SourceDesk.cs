using System.Security.Claims;
using Kendt.Collect;
using Kendt.Govern;
using Kendt.Model;
using Kendt.Server.Security;
using Kendt.Studio.Data;

namespace Kendt.Server.StudioData;

/// <summary>One source as Studio shows and changes it.</summary>
public sealed class SourceDesk(Sources sources, SourceTraffic traffic, SeenSchema schema, Audit audit) : ISourceDesk
{
    private const int MostEvents = 200;

    public async Task<IReadOnlyList<string>> NamesAsync(CancellationToken cancel) => (await sources.ListAsync(cancel)).ConvertAll(s => s.Name);

    public async Task<SourceDetail?> ReadAsync(SourceQuery query, ClaimsPrincipal who, CancellationToken cancel)
    {
        if (await sources.FindAsync(query.Name, cancel) is not { } source) return null;
        return new(source.Limit, await sources.KeysAsync(source.Name, cancel), await traffic.ReadAsync(source.Name, query.Per, cancel), await schema.EventsAsync(source.Name, MostEvents, cancel),
            query.Type is { } type ? await schema.PropertiesAsync(source.Name, type, query.Event ?? "", cancel) : null, who.May(Permission.EditConfiguration));
    }

    public async Task<MadeKey> CreateAsync(string name, ClaimsPrincipal who, CancellationToken cancel)
    {
        who.Need(Permission.EditConfiguration);
        if (await sources.FindAsync(name, cancel) is not null) throw new BadInputException($"There is a source '{name}' already. Choose another name, or make a new key on its own page.");
        var added = await sources.AddAsync(name, SourceKind.Stream, Party.First, cancel);
        await audit.WriteAsync(who.Actor(), "source.add", name, "a write key was made", cancel);
        return new(name, added.WriteKey);
    }

    public async Task<MadeKey> AddKeyAsync(string name, ClaimsPrincipal who, CancellationToken cancel)
    {
        who.Need(Permission.EditConfiguration);
        var added = await sources.AddKeyAsync(name, cancel);
        await audit.WriteAsync(who.Actor(), "source.key_add", name, "", cancel);
        return new(name, added.WriteKey);
    }

    public async Task DisableKeyAsync(string name, string id, ClaimsPrincipal who, CancellationToken cancel)
    {
        who.Need(Permission.EditConfiguration);
        await sources.DisableKeyAsync(name, id, cancel);
        await audit.WriteAsync(who.Actor(), "source.key_disable", name, id, cancel);
    }

    public async Task SetEnabledAsync(string name, bool enabled, ClaimsPrincipal who, CancellationToken cancel)
    {
        who.Need(Permission.EditConfiguration);
        await sources.SetEnabledAsync(name, enabled, cancel);
        await audit.WriteAsync(who.Actor(), enabled ? "source.on" : "source.off", name, "", cancel);
    }

    public async Task SetLimitAsync(string name, RateLimit? limit, ClaimsPrincipal who, CancellationToken cancel)
    {
        who.Need(Permission.EditConfiguration);
        await sources.SetLimitAsync(name, limit, cancel);
        await audit.WriteAsync(who.Actor(), "source.limit", name, limit is null ? "none" : $"{limit.PerSecond}/s, burst {limit.Burst}", cancel);
    }
}
