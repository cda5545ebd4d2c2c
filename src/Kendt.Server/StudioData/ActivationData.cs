using Kendt.Activate;
using Kendt.Model;
using Kendt.Store;
using Kendt.Studio.Data;
using State = Kendt.Studio.Data.DeliveryState;

namespace Kendt.Server.StudioData;

/// <summary>Destinations and deliveries as Studio shows them; secrets never leave Activate.</summary>
public sealed class ActivationData(Stores stores, Destinations destinations, Deliveries deliveries) : IActivationReader
{
    public async Task<IReadOnlyList<DestinationRow>> DestinationsAsync(CancellationToken cancel)
    {
        var sent = (await deliveries.ListAsync(1000, cancel)).ToLookup(d => d.Destination);
        return [.. (await destinations.ListAsync(cancel)).Select(d => new DestinationRow(d.Name, d.Kind, d.Settings.GetValueOrDefault("url", d.Kind == "csv" ? $"exports/{d.Name}" : ""), d.CreatedAt,
            sent[d.Name].Count(), sent[d.Name].Sum(s => s.Delivered), sent[d.Name].Select(s => (DateTimeOffset?)s.CreatedAt).Max(), sent[d.Name].Select(s => (State?)StateOf(s.State)).FirstOrDefault()))];
    }

    public async Task<Stretch<DeliveryRow>> DeliveriesAsync(DeliveryQuery query, CancellationToken cancel)
    {
        var skip = (Math.Max(1, query.Page) - 1) * query.Size;
        if (query is { Destination: null, Segment: null })
        {
            var total = await stores.Ledger.ReadAsync(s => s.CountAsync(Sql.Of($"select count(*) from delivery"), cancel), cancel);
            return new([.. (await deliveries.ListAsync(skip, query.Size, cancel)).Select(Row)], total, total > skip + query.Size);
        }
        var found = (await deliveries.ListAsync(1000, cancel)).Where(d => (query.Destination is null || d.Destination == query.Destination) && (query.Segment is null || d.Segment == query.Segment)).ToList();
        return new([.. found.Skip(skip).Take(query.Size).Select(Row)], found.Count, found.Count > skip + query.Size);
    }

    public async Task<DeliveryView?> DeliveryAsync(DeliveryId id, CancellationToken cancel)
    {
        if (await deliveries.FindAsync(id, cancel) is not { } found) return null;
        return new(Row(found.Delivery), [.. found.Delivery.Withheld.Select(w => new ReasonCount(w.Key, w.Value))],
            [.. found.Items.Where(i => i.State is not ItemState.Delivered && i.Answer.Length > 0).Select(i => new ReasonCount(i.Answer, i.Items))]);
    }

    private static DeliveryRow Row(Delivery d) => new(d.Id, d.Destination, d.Segment, d.Purpose, StateOf(d.State), d.Asked, d.Permitted, d.Delivered, d.Refused, d.Note, d.CreatedAt, d.EndedAt);

    private static State StateOf(Kendt.Activate.DeliveryState state) => state switch
    {
        Kendt.Activate.DeliveryState.Done => State.Done,
        Kendt.Activate.DeliveryState.Held => State.Waiting,
        _ => State.Running,
    };
}
