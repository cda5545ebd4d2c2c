
namespace Kendt.Store;

/// <summary>
/// How far something that is derived has come in what it is derived from. The offset is kept in the store that the
/// projection writes, in the same transaction as its rows, so that a killed process continues exactly where it was.
/// </summary>
public static class Projection
{
    public static Task<long> ReadAsync(Session session, string name, CancellationToken cancel) =>
        session.CountAsync(Sql.Of($"select seq from projection where name = {name}"), cancel);

    public static async Task WriteAsync(Session session, string name, long seq, CancellationToken cancel)
    {
        await session.ExecuteAsync(Sql.Of($"delete from projection where name = {name}"), cancel);
        await session.ExecuteAsync(Sql.Of($"insert into projection (name, seq) values ({name}, {seq})"), cancel);
    }
}
