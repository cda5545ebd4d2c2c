using Kendt.Govern;
using Kendt.Model;
using Kendt.Store;

namespace Kendt.Server.StudioData;

/// <summary>People that one channel reaches: they have its address and allow its use.</summary>
public sealed record ChannelReach(string Channel, long People);

/// <summary>Who can be reached where. Keyed by what people allow, so nobody is counted who may not be contacted.</summary>
public sealed class Reach(Stores stores)
{
    private static readonly (string Channel, string Purpose, string Identifier)[] Channels =
        [("email", Purposes.EmailMarketing, Identifier.Email), ("sms", Purposes.SmsMarketing, Identifier.Phone), ("ads", Purposes.AdSharing, Identifier.Email)];

    /// <summary>People by channel.</summary>
    public async Task<IReadOnlyList<ChannelReach>> ByChannelAsync(CancellationToken cancel)
    {
        var found = new List<ChannelReach>();
        foreach (var (channel, purpose, identifier) in Channels)
            found.Add(new(channel, await stores.Ledger.ReadAsync(s => s.CountAsync(Sql.Of($"select count(*) from ({Allowing(purpose, identifier)}) as a"), cancel), cancel)));
        return found;
    }

    /// <summary>People whom at least one channel reaches.</summary>
    public Task<long> ReachableAsync(CancellationToken cancel) => stores.Ledger.ReadAsync(s => s.CountAsync(
        Sql.Of($"select count(*) from ({Sql.Join(" union ", Channels.Select(c => Allowing(c.Purpose, c.Identifier)))}) as a"), cancel), cancel);

    /// <summary>People with a document and an address of theirs, and how many of those granted e-mail marketing.</summary>
    public Task<(long People, long Granted)> KnownWellAsync(CancellationToken cancel) => stores.Ledger.ReadAsync(async s => (
        await s.CountAsync(Sql.Of($"""
            select count(*) from profile p join profile_document d on d.profile_id = p.profile_id
            where p.merged_into is null and p.kind = 'person' and exists (select 1 from identifier i where i.profile_id = p.profile_id and i.type in ('email', 'phone'))
            """), cancel),
        await s.CountAsync(Sql.Of($"select count(*) from ({Allowing(Purposes.EmailMarketing, Identifier.Email)}) as a"), cancel)), cancel);

    // The last decision counts; of two at the same moment the one that allows less.
    private static Sql Allowing(string purpose, string identifier) => Sql.Of($"""
        select profile_id from (
            select coalesce(p.merged_into, p.profile_id) as profile_id, c.state,
                row_number() over (partition by coalesce(p.merged_into, p.profile_id) order by c.at desc, case when c.state = 'granted' then 1 else 0 end) as place
            from consent c join profile p on p.profile_id = c.profile_id where c.purpose = {purpose}) as said
        where place = 1 and state = 'granted' and exists (select 1 from identifier i where i.profile_id = said.profile_id and i.type = {identifier})
        """);
}
