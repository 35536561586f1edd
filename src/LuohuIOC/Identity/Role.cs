using Microsoft.AspNetCore.Authorization;

namespace LuohuIOC.Identity;

/// <summary>What a token's holder may do; each role includes the weaker ones before it. JSON: <c>viewer</c>, <c>duty-officer</c>, <c>administrator</c>.</summary>
public enum Role
{
    /// <summary>Reads everything, changes nothing: the wall, dashboards, metrics.</summary>
    Viewer,

    /// <summary>Acknowledges, assigns and closes; keeps the watch.</summary>
    DutyOfficer,

    /// <summary>Issues tokens and gateway secrets, imports the registry, changes rules.</summary>
    Administrator,
}

/// <summary>The wire names of the roles, which are the names of the authorization policies too.</summary>
public static class Roles
{
    public const string Viewer = "viewer";
    public const string DutyOfficer = "duty-officer";
    public const string Administrator = "administrator";

    private static readonly string[] ByRole = [Viewer, DutyOfficer, Administrator];

    public static string NameOf(Role role) => ByRole[(int)role];

    /// <summary>False for a name that is none of the three.</summary>
    public static bool TryParse(string? name, out Role role)
    {
        var index = Array.IndexOf(ByRole, name);
        role = (Role)Math.Max(index, 0);
        return index >= 0;
    }

    /// <summary>
    /// One policy per role. The fallback demands a token of any endpoint that says nothing, and of addresses that do not exist,
    /// so that forgetting <c>RequireAuthorization</c> closes a door instead of opening it.
    /// </summary>
    public static void AddPolicies(AuthorizationOptions options)
    {
        foreach (var name in ByRole)
        {
            var stronger = ByRole[Array.IndexOf(ByRole, name)..];
            options.AddPolicy(name, policy => policy.RequireAuthenticatedUser().RequireRole(stronger));
        }
        options.FallbackPolicy = new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build();
    }
}
