using System.Text.Json;
using Kendt.Model;
using Kendt.Store;

namespace Kendt.Profiles;

/// <summary>Reads back what was written of traits.</summary>
public static class WarehouseReader
{
    /// <summary>Everything that was said of some profiles, in the order in which it was said.</summary>
    /// <param name="profiles">Every id that may be written, with the one that it leads to.</param>
    public static async Task<IReadOnlyList<(ProfileId Profile, string Name, TraitValue Word)>> SaidAsync(Engine warehouse, IReadOnlyDictionary<ProfileId, ProfileId> profiles, CancellationToken cancel)
    {
        var rows = await warehouse.ReadAsync(s => s.ListChunkedAsync([.. profiles.Keys.Select(id => new object?[] { id })],
            v => Sql.Of($"with v(profile_id) as ({v}) select t.written_profile_id, t.seq, t.name, t.value, t.source, t.ts, t.evidence from v join trait_log t on t.written_profile_id = v.profile_id where t.value <> ''"),
            r => (Id: r.ProfileId(0), Seq: r.Long(1), Name: r.Text(2), Word: new TraitValue(JsonSerializer.Deserialize<JsonElement>(r.Text(3)), r.Text(4), r.Time(5), r.Text(6)) { Seq = r.Long(1) }), cancel), cancel);
        return [.. rows.OrderBy(r => r.Seq).Select(r => (profiles[r.Id], r.Name, r.Word))];
    }
}
