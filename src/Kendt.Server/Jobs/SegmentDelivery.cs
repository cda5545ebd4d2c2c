using System.Text.Json;
using Kendt.Activate;
using Kendt.Model;
using Kendt.Profiles;
using Kendt.Segments;

namespace Kendt.Server.Jobs;

/// <summary>Brings a stored segment's members to a destination: Segments says who, Govern who may, Profiles what, Activate sends.</summary>
public sealed class SegmentDelivery(Catalogue catalogue, Evaluate evaluate, Deliveries deliveries, ProfileReader profiles, TimeProvider time)
{
    private static readonly string[] Traits = ["email", "phone", "firstName", "lastName", "name", "language"];

    /// <exception cref="BadInputException">No such segment, destination or purpose.</exception>
    public async Task<object> StartAsync(string segment, string destination, string purpose, string actor, CancellationToken cancel) =>
        await deliveries.StartAsync(destination, segment, purpose, await MembersAsync(segment, cancel), PayloadsAsync, actor, cancel);

    /// <summary>Members of a stored segment as of now.</summary>
    public async Task<IReadOnlyList<ProfileId>> MembersAsync(string segment, CancellationToken cancel)
    {
        var stored = await catalogue.FindAsync(segment, cancel) ?? throw new BadInputException($"There is no segment '{segment}'. 'kendt segment list' shows them.");
        return await evaluate.MembersAsync(stored.Rule, time.GetUtcNow(), cancel);
    }

    /// <summary>What a destination is told of each person: the ways to reach them and how to address them, nothing more.</summary>
    public async Task<IReadOnlyDictionary<ProfileId, string>> PayloadsAsync(IReadOnlyList<ProfileId> people, CancellationToken cancel)
    {
        var found = await profiles.ReadAsync(people, cancel);
        return found.ToDictionary(p => p.Key, p => JsonSerializer.Serialize(Fields(p.Value)));
    }

    private static Dictionary<string, string> Fields(Profile profile)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var trait in Traits) if (profile.Text(trait) is { Length: > 0 } text) fields[trait] = text;
        return fields;
    }
}
