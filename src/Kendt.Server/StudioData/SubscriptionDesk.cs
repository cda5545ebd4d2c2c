using System.Security.Claims;
using System.Text.Json;
using Kendt.Activate;
using Kendt.Govern;
using Kendt.Segments;
using Kendt.Server.Api;
using Kendt.Server.Security;
using Kendt.Studio.Data;

namespace Kendt.Server.StudioData;

/// <summary>Subscriptions as Studio shows and changes them.</summary>
public sealed class SubscriptionDesk(Subscriptions subscriptions, Deliveries deliveries, Destinations destinations, Purposes purposes, Catalogue segments, SubscriptionRooms rooms) : ISubscriptionDesk
{
    public async Task<SubscriptionBoard> ReadAsync(CancellationToken cancel)
    {
        var rows = new List<SubscriptionRow>();
        foreach (var s in await subscriptions.ListAsync(cancel)) rows.Add(new(s.Name, s.Destination, s.Purpose, s.Segment, await deliveries.WaitingAsync(s, cancel), s.Note, s.CreatedAt));
        return new(rows, [.. (await destinations.ListAsync(cancel)).Where(destinations.TakesBatches).Select(d => d.Name)],
            [.. (await purposes.ListAsync(cancel)).Select(p => p.Name)], [.. (await segments.ListAsync(cancel)).Select(s => s.Name)]);
    }

    public Task PutAsync(string name, string destination, string purpose, string? segment, ClaimsPrincipal who, CancellationToken cancel)
    {
        who.Need(Permission.Send);
        var file = segment is null ? JsonSerializer.Serialize(new { destination, purpose, profiles = SubscriptionRooms.Changed }) : JsonSerializer.Serialize(new { destination, purpose, segment });
        return rooms.PutAsync(name, file, who.Actor(), cancel);
    }

    public Task RemoveAsync(string name, ClaimsPrincipal who, CancellationToken cancel)
    {
        who.Need(Permission.Send);
        return subscriptions.RemoveAsync(name, who.Actor(), cancel);
    }
}
