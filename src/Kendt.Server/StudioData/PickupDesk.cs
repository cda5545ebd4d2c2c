using System.Security.Claims;
using Kendt.Collect;
using Kendt.Govern;
using Kendt.Model;
using Kendt.Server.Api;
using Kendt.Server.Jobs;
using Kendt.Server.Security;
using Kendt.Studio.Data;

namespace Kendt.Server.StudioData;

/// <summary>What Studio shows of the places that files are fetched from, and does to them.</summary>
public sealed class PickupDesk(Pickups pickups, KeptMappings mappings, PickupWorker worker, Audit audit) : IPickupDesk
{
    private const int MostFiles = 50;

    public async Task<PickupsView> PickupsAsync(CancellationToken cancel) =>
        new([.. (await pickups.ListAsync(cancel)).Select(p => new PickupRow(p.Source, p.Kind, Where(p), p.Enabled, p.CheckedAt, p.Note))],
            [.. (await mappings.CountAsync(cancel)).Select(m => new MappingRow(m.Source, m.Count, m.NewestAt))]);

    public async Task<PickupView?> PickupAsync(string? source, ClaimsPrincipal who, CancellationToken cancel)
    {
        var mayChange = who.May(Permission.EditConfiguration);
        if (source is null) return new("", null, [], [], mayChange);
        var (place, kept) = (await pickups.FindAsync(source, cancel), await mappings.ListAsync(source, cancel));
        return place is null && kept.Count == 0 ? null : new(source, place, await pickups.FilesAsync(source, MostFiles, cancel), kept, mayChange);
    }

    public async Task<IReadOnlyList<PlacedFile>> TryAsync(PickupOrder order, ClaimsPrincipal who, CancellationToken cancel)
    {
        who.Need(Permission.EditConfiguration);
        return await pickups.TryAsync(order.Source, order.Kind, Said(order), cancel);
    }

    public async Task PutAsync(PickupOrder order, ClaimsPrincipal who, CancellationToken cancel)
    {
        who.Need(Permission.EditConfiguration);
        await pickups.PutAsync(order.Source, order.Kind, Said(order), cancel);
        await audit.WriteAsync(who.Actor(), "pickup.put", order.Source, WorkspaceApi.Word(order.Kind), cancel);
    }

    public async Task SetEnabledAsync(string source, bool enabled, ClaimsPrincipal who, CancellationToken cancel)
    {
        who.Need(Permission.EditConfiguration);
        await pickups.SetEnabledAsync(source, enabled, cancel);
        await audit.WriteAsync(who.Actor(), enabled ? "pickup.on" : "pickup.off", source, "", cancel);
    }

    public async Task RemoveAsync(string source, ClaimsPrincipal who, CancellationToken cancel)
    {
        who.Need(Permission.EditConfiguration);
        if (await pickups.RemoveAsync(source, cancel) > 0) await audit.WriteAsync(who.Actor(), "pickup.remove", source, "", cancel);
    }

    public async Task<PickupLook> LookAsync(string source, ClaimsPrincipal who, CancellationToken cancel)
    {
        who.Need(Permission.EditConfiguration);
        var (taken, failed, waiting) = await worker.CheckAsync(source, cancel);
        return new(taken, failed, waiting);
    }

    public async Task KeepMappingAsync(string source, string yaml, ClaimsPrincipal who, CancellationToken cancel)
    {
        who.Need(Permission.EditConfiguration);
        if (MappingFile.Parse(yaml).Source is var named && named != source) throw new BadInputException($"The mapping says that its source is '{named}'; on this page it is '{source}'.");
        await mappings.KeepAsync(yaml, cancel);
        await audit.WriteAsync(who.Actor(), "mapping.keep", source, "", cancel);
    }

    private static Dictionary<string, string> Said(PickupOrder order) => order.Settings.Where(s => s.Value.Length > 0).ToDictionary(StringComparer.Ordinal);

    private static string Where(Pickup pickup) => pickup.Kind switch
    {
        PickupKind.Folder => pickup.Settings["path"],
        PickupKind.S3 => pickup.Settings["bucket"] + "/" + pickup.Settings.GetValueOrDefault("prefix"),
        PickupKind.Azure => pickup.Settings["container"] + "/" + pickup.Settings.GetValueOrDefault("prefix"),
        _ => pickup.Settings["host"] + ":" + pickup.Settings.GetValueOrDefault("path", "."),
    };
}
