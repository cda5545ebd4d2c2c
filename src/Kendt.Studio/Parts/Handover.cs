using Microsoft.Extensions.Caching.Memory;

namespace Kendt.Studio.Parts;

/// <summary>
/// Carries what was read while a page was rendered for the first time over to the live page that follows a moment later,
/// so that nothing is read twice and nothing flickers. Only a random ticket goes through the browser.
/// </summary>
public sealed class Handover : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly MemoryCache waiting = new(new MemoryCacheOptions { SizeLimit = 500 });

    /// <summary>Keeps a value for half a minute, for whoever brings the ticket.</summary>
    public string Leave(object value)
    {
        var ticket = Convert.ToHexString(System.Security.Cryptography.RandomNumberGenerator.GetBytes(16));
        waiting.Set(ticket, value, new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = Patience });
        return ticket;
    }

    /// <summary>Gives the value out, once; null when it is gone or of another kind.</summary>
    public T? Take<T>(string ticket) where T : class
    {
        var value = waiting.Get(ticket) as T;
        waiting.Remove(ticket);
        return value;
    }

    public void Dispose() => waiting.Dispose();
}
