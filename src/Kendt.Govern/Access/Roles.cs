using System.Security.Claims;

namespace Kendt.Govern;

/// <summary>What a member is in the company; it decides what Kendt lets them see and do.</summary>
public enum Role { Admin, Marketing, Sales, Service, Analyst, Privacy }

/// <summary>What can be allowed to a member.</summary>
public enum Permission
{
    /// <summary>Profiles, timelines and scores; contact details are hidden without the next one.</summary>
    SeePeople,

    /// <summary>Email, phone, address and other identifiers in clear.</summary>
    SeeContactDetails,

    /// <summary>Counts, measures, audiences, reports: no single person.</summary>
    SeeReports,

    /// <summary>Decide who is who: confirm, forbid, split, quarantine, undo.</summary>
    DecideIdentity,

    /// <summary>Make and change segments.</summary>
    EditSegments,

    /// <summary>Sources, mappings, matching rules, models, destinations.</summary>
    EditConfiguration,

    /// <summary>Start and cancel imports and other jobs.</summary>
    RunJobs,

    /// <summary>Read-only queries over the warehouse, which sees everything.</summary>
    QueryWarehouse,

    /// <summary>Start deliveries to destinations and export files.</summary>
    Send,

    /// <summary>Read who did what.</summary>
    SeeAudit,

    /// <summary>Purposes, consent, retention, erasure.</summary>
    Govern,

    /// <summary>Members, tokens, sign-in links.</summary>
    ManageAccess,
}

/// <summary>The table of what each role may do.</summary>
public static class Roles
{
    private static readonly Dictionary<Role, IReadOnlySet<Permission>> Table = new Dictionary<Role, IReadOnlySet<Permission>>
    {
        [Role.Admin] = Enum.GetValues<Permission>().ToHashSet(),
        [Role.Marketing] = new HashSet<Permission>
        {
            Permission.SeePeople, Permission.SeeContactDetails, Permission.SeeReports, Permission.EditSegments, Permission.RunJobs, Permission.Send,
        },
        [Role.Sales] = new HashSet<Permission> { Permission.SeePeople, Permission.SeeContactDetails, Permission.SeeReports, Permission.EditSegments },
        [Role.Service] = new HashSet<Permission> { Permission.SeePeople, Permission.SeeContactDetails, Permission.DecideIdentity },
        [Role.Analyst] = new HashSet<Permission>
        {
            Permission.SeePeople, Permission.SeeReports, Permission.EditSegments, Permission.RunJobs, Permission.QueryWarehouse,
        },
        [Role.Privacy] = new HashSet<Permission>
        {
            Permission.SeePeople, Permission.SeeContactDetails, Permission.SeeReports, Permission.DecideIdentity, Permission.SeeAudit, Permission.Govern,
        },
    };

    public static bool Allows(Role role, Permission permission) => Table[role].Contains(permission);

    public static IReadOnlySet<Permission> Of(Role role) => Table[role];

    /// <summary>The role of somebody who is signed in; null of a program, and of nobody.</summary>
    public static Role? Of(ClaimsPrincipal user) => Enum.TryParse<Role>(user.FindFirst(ClaimTypes.Role)?.Value, ignoreCase: true, out var role) ? role : null;

    /// <summary>Whether a member's role allows it; nobody without a role may do anything.</summary>
    public static bool May(this ClaimsPrincipal user, Permission permission) => Of(user) is { } role && Allows(role, permission);
}
