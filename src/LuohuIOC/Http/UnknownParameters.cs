using System.Collections.Frozen;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Described = Microsoft.AspNetCore.Mvc.ApiExplorer.ApiDescription;

namespace LuohuIOC.Http;

/// <summary>
/// Names in the answer's header <c>X-Unknown-Parameters</c> what the query of a request has that its address does not take: <c>?statee=open</c> lists
/// everything, and nothing about the list looks wrong. It is not refused, because callers add parameters of their own that mean nothing here. What an
/// address takes is what its description says, so there is no second list of it.
/// </summary>
internal sealed class UnknownParameters(RequestDelegate next, IApiDescriptionGroupCollectionProvider descriptions)
{
    public const string Header = "X-Unknown-Parameters";

    // A person looks at the first of them; a proxy must not choke on the header.
    private const int NamesMax = 5;
    private const int NameLengthMax = 40;

    private FrozenDictionary<(string Method, string Path), FrozenSet<string>>? _taken;

    public Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        if (!request.QueryString.HasValue || !request.Path.StartsWithSegments("/api/v1") || context.GetEndpoint() is not RouteEndpoint endpoint) return next(context);
        // Made at the first question: every endpoint is mapped by then.
        if (!(_taken ??= Taken()).TryGetValue((request.Method, PathOf(endpoint.RoutePattern.RawText)), out var taken)) return next(context);
        var unknown = request.Query.Keys.Where(name => name.Length > 0 && !taken.Contains(name)).Take(NamesMax).ToList();
        if (unknown.Count == 0) return next(context);
        var names = string.Join(", ", unknown.Select(name => Uri.EscapeDataString(name.Length > NameLengthMax ? name[..NameLengthMax] : name)));
        // At the last moment: a problem that is described later begins the answer anew.
        context.Response.OnStarting(() =>
        {
            context.Response.Headers[Header] = names;
            return Task.CompletedTask;
        });
        return next(context);
    }

    private FrozenDictionary<(string, string), FrozenSet<string>> Taken() => descriptions.ApiDescriptionGroups.Items.SelectMany(group => group.Items)
        .GroupBy(description => (description.HttpMethod ?? "", PathOf(description.RelativePath)))
        .ToFrozenDictionary(same => same.Key, same => same.SelectMany(NamesOf).ToFrozenSet(StringComparer.OrdinalIgnoreCase));

    private static IEnumerable<string> NamesOf(Described description) =>
        description.ParameterDescriptions.Where(p => p.Source == BindingSource.Query).Select(p => p.Name)
            .Concat(description.ActionDescriptor.EndpointMetadata.OfType<QueryNames>().SelectMany(q => q.Names));

    // A group's own address comes with a slash at its end.
    private static string PathOf(string? pattern) => (pattern ?? "").Trim('/');
}
