using Kendt.Govern;
using Microsoft.AspNetCore.Authorization;

namespace Kendt.Studio;

/// <summary>A page that only roles with a permission may see. The host has a policy for each permission; the menu leaves out what it leads to.</summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
public sealed class NeedsAttribute : AuthorizeAttribute
{
    public NeedsAttribute(Permission permission) : base(PolicyOf(permission)) => Permission = permission;

    public Permission Permission { get; }

    /// <summary>The name of the policy for a permission.</summary>
    public static string PolicyOf(Permission permission) => "may:" + permission;
}
