using System.Security.Claims;
using Kendt.Model;
using Kendt.Studio.Data;

namespace Kendt.Studio.Preview;

/// <summary>Made-up destinations that are told of changes.</summary>
public sealed class DesignSubscriptions(bool empty) : ISubscriptionDesk
{
    private static readonly DateTimeOffset Then = new(2026, 11, 20, 9, 30, 0, TimeSpan.Zero);

    /// <summary>What was done, for tests.</summary>
    public List<string> Done { get; } = [];

    public Task<SubscriptionBoard> ReadAsync(CancellationToken cancel) => Task.FromResult(empty ? new([], [], ["service"], []) : new SubscriptionBoard(
        [
            new("changes-to-shop", "shop", "service", null, 0, "", Then), new("left-a-basket-to-mail", "newsletter", "email_marketing", "left-a-basket", 214, "", Then),
            new("old", "gone", "email_marketing", "valuable", 0, "destination 'gone' is unknown; list them to see which there are, or add it first.", Then),
        ], ["newsletter", "shop"], ["ad_sharing", "email_marketing", "service"], ["left-a-basket", "valuable"]));

    public Task PutAsync(string name, string destination, string purpose, string? segment, ClaimsPrincipal who, CancellationToken cancel)
    {
        if (name == "Wrong") throw new BadInputException("name has to begin with a lower-case letter.");
        Done.Add($"{name}: {segment ?? "profiles"} to {destination} for {purpose}");
        return Task.CompletedTask;
    }

    public Task RemoveAsync(string name, ClaimsPrincipal who, CancellationToken cancel)
    {
        Done.Add("removed " + name);
        return Task.CompletedTask;
    }
}
