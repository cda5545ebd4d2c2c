using Kendt.Govern;

namespace Kendt.Server.Security;

/// <summary>
/// The one-time link by which whoever started the program signs in. The first one makes the workspace's owner, who then
/// sets a password and adds the others.
/// </summary>
public sealed class OwnerLink(Members members, SignInLinks links)
{
    public const string Email = "owner@kendt.local";

    public async Task<string> CreateAsync(Uri address, CancellationToken cancel)
    {
        if (await members.FindAsync(Email, cancel) is null) await members.AddAsync(Email, "Owner", Role.Admin, "owner", cancel);
        return new Uri(address, "/sign-in/link?token=" + await links.CreateAsync(Email, TimeSpan.FromHours(1), cancel)).ToString();
    }
}
