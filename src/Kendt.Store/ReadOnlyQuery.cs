using Kendt.Model;

namespace Kendt.Store;

/// <summary>
/// A person's own query on the warehouse: one statement that reads, in a read-only transaction, wrapped so that it can
/// be nothing but a query.
/// </summary>
public static class ReadOnlyQuery
{
    /// <summary>Rows as they come; <paramref name="columns"/> is called once before the first.</summary>
    /// <exception cref="BadInputException">The text is not one statement, or the engine refuses it; the message says why.</exception>
    public static async IAsyncEnumerable<object?[]> RunAsync(Engine warehouse, string text, Action<IReadOnlyList<string>> columns,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        var query = Single(text);
        var connection = await warehouse.RentAsync(cancel);
        await using var session = warehouse.Open(connection, null);
        await session.ExecuteAsync(Sql.Of($"begin transaction read only"), cancel);
        try
        {
            await using var rows = session.TableAsync(new Sql(["select * from (\n" + query + "\n) as query"]), columns, cancel).GetAsyncEnumerator(cancel);
            while (true)
            {
                try
                {
                    if (!await rows.MoveNextAsync()) break;
                }
                catch (SqlException fault)
                {
                    throw new BadInputException("The query was refused: " + (fault.InnerException?.Message ?? fault.Message), fault);
                }
                yield return rows.Current;
            }
        }
        finally
        {
            await session.ExecuteAsync(Sql.Of($"rollback"), CancellationToken.None);
        }
    }

    /// <summary>The one statement in the text, without its closing semicolon.</summary>
    /// <exception cref="BadInputException">There is none, more than one, or it closes a parenthesis it did not open.</exception>
    public static string Single(string text)
    {
        var end = -1;
        var depth = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c is '\'' or '"') i = Skip(text, i + 1, c.ToString());
            else if (c == '-' && At(text, i, "--")) i = Skip(text, i + 2, "\n");
            else if (c == '/' && At(text, i, "/*")) i = Skip(text, i + 2, "*/");
            else if (c == '$' && text.IndexOf('$', i + 1) is var close && close > 0 && text.AsSpan(i + 1, close - i - 1).IndexOfAnyExcept(TagCharacters) < 0)
                i = Skip(text, close + 1, text[i..(close + 1)]);
            else if (c == '(') depth++;
            else if (c == ')' && --depth < 0) throw new BadInputException("The query closes a parenthesis that it did not open.");
            else if (c == ';' && end < 0) end = i;
            else if (end >= 0 && !char.IsWhiteSpace(c) && c != ';') throw new BadInputException("Give one query at a time: there is text after the semicolon.");
        }
        var query = (end < 0 ? text : text[..end]).Trim();
        if (query.Length == 0) throw new BadInputException("There is no query. Write for example: kendt sql \"SELECT count(*) FROM event\"");
        if (!query.StartsWith("select", StringComparison.OrdinalIgnoreCase) && !query.StartsWith("with", StringComparison.OrdinalIgnoreCase) && !query.StartsWith("values", StringComparison.OrdinalIgnoreCase))
            throw new BadInputException("The query is read-only: it begins with SELECT, WITH or VALUES.");
        return query;
    }

    private static readonly System.Buffers.SearchValues<char> TagCharacters = System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789");

    private static bool At(string text, int i, string what) => string.CompareOrdinal(text, i, what, 0, what.Length) == 0;

    private static int Skip(string text, int from, string until)
    {
        var at = text.IndexOf(until, from, StringComparison.Ordinal);
        return at < 0 ? text.Length : at + until.Length - 1;
    }
}
