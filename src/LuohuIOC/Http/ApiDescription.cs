using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using LuohuIOC.Texts;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace LuohuIOC.Http;

/// <summary>
/// <c>/openapi/v1.json</c>. The texts are in the caller's language: <c>api.{name}</c> for an endpoint that has a name, else <c>api.{METHOD} {path}</c>,
/// either with <c>.detail</c> for more, <c>api.tag.{tag}</c>, and <c>api.parameter.{name}</c>, or <c>{key of the endpoint}.{name}</c> where a name means
/// something else there. The document asks for a token like the rest; the page that shows it (<see cref="ApiPage"/>) fetches it with one.
/// </summary>
internal static class ApiDescription
{
    private const string SchemeName = "bearer";

    private static readonly string[] Numbers = ["limit", "last", "$top", "$skip"];

    public static void AddApiDescription(this IServiceCollection services) => services.AddOpenApi("v1", options =>
    {
        options.AddDocumentTransformer(DescribeDocument);
        options.AddOperationTransformer(DescribeOperation);
        options.AddOperationTransformer(ApiShapes.DescribeAsync);
        options.AddSchemaTransformer(DescribeChoices);
        options.AddSchemaTransformer(ApiShapes.AllowAbsence);
    });

    public static void MapApiDescription(this IEndpointRouteBuilder routes)
    {
        routes.MapOpenApi().RequireAuthorization("viewer");
        routes.MapApiPage();
    }

    private static Task DescribeDocument(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancel)
    {
        var language = LanguageOf(context.ApplicationServices);
        document.Info = new OpenApiInfo { Title = TextBook.Get(language, "api.title"), Description = TextBook.Get(language, "api.description"), Version = "v1" };
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            [SchemeName] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = TextBook.Get(language, "api.bearer") },
        };
        document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(SchemeName, document)] = [] }];
        // Relative, so that "try it" works behind whatever name and proxy the page was opened with.
        document.Servers = [new OpenApiServer { Url = "/" }];
        foreach (var tag in document.Tags ?? new HashSet<OpenApiTag>()) Describe(tag, TextOrNull(language, $"api.tag.{tag.Name}"));
        return Task.CompletedTask;
    }

    // What is text to the reader of a body, so that it can say which words there are, is a choice to its writer all the same.
    private static Task DescribeChoices(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancel)
    {
        if (context.JsonPropertyInfo?.AttributeProvider?.GetCustomAttributes(typeof(AllowedValuesAttribute), inherit: false) is [AllowedValuesAttribute choices, ..])
            schema.Enum = [.. choices.Values.Select(value => JsonValue.Create(value?.ToString())!)];
        return Task.CompletedTask;
    }

    private static Task DescribeOperation(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancel)
    {
        var language = LanguageOf(context.ApplicationServices);
        // A group's own address comes with a slash at its end: "api/v1/alerts/".
        var (method, path) = (context.Description.HttpMethod, context.Description.RelativePath?.TrimEnd('/'));
        var byPath = $"api.{method} /{path}";
        var key = operation.OperationId is { } name && TextOrNull(language, $"api.{name}") is not null ? $"api.{name}" : byPath;
        // Texts before what the generator took from comments, which are in English and for programmers.
        operation.Summary = TextOrNull(language, key) ?? operation.Summary;
        operation.Description = TextOrNull(language, key + ".detail") ?? operation.Description;
        operation.OperationId ??= NameOf(method, path);
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        DescribeParameters(operation, metadata.OfType<QueryNames>().SelectMany(q => q.Names), language, key);
        operation.Responses ??= [];
        if (metadata.OfType<IAllowAnonymous>().Any())
        {
            operation.Security = [];
            return Task.CompletedTask;
        }
        var role = metadata.OfType<IAuthorizeData>().Select(a => a.Policy).LastOrDefault(p => p is not null) ?? "viewer";
        operation.Responses.TryAdd("401", new OpenApiResponse { Description = TextBook.Get(language, "problem.token-missing.title") });
        operation.Responses.TryAdd("403", new OpenApiResponse { Description = TextBook.Get(language, "api.role", TextBook.Get(language, $"role.{role}")) });
        return Task.CompletedTask;
    }

    private static void DescribeParameters(OpenApiOperation operation, IEnumerable<string> read, string language, string key)
    {
        operation.Parameters ??= [];
        foreach (var name in read)
            operation.Parameters.Add(new OpenApiParameter { Name = name, In = ParameterLocation.Query, Schema = new OpenApiSchema { Type = JsonSchemaType.String } });
        foreach (var parameter in operation.Parameters.OfType<OpenApiParameter>())
        {
            // Endpoints take them as text, to say in their own words what is wrong with one.
            if (parameter.Name is { } known && Numbers.Contains(known) && parameter.Schema?.Type is JsonSchemaType.String) parameter.Schema = new OpenApiSchema { Type = JsonSchemaType.Integer };
            parameter.Description = TextOrNull(language, $"{key}.{parameter.Name}") ?? TextOrNull(language, $"api.parameter.{parameter.Name}") ?? parameter.Description;
        }
    }

    /// <summary>Pages show the display name, clients are generated from the tag's own.</summary>
    private static void Describe(OpenApiTag tag, string? text)
    {
        if (text is null) return;
        tag.Description = text;
        tag.Extensions = new Dictionary<string, IOpenApiExtension> { ["x-displayName"] = new JsonNodeExtension(text) };
    }

    /// <summary><c>POST api/v1/alerts/{id}/close</c> → <c>PostAlertsIdClose</c>: one name per operation, for generated clients.</summary>
    private static string NameOf(string? method, string? path)
    {
        var words = (path ?? "").Split(['/', '{', '}', '-', '.'], StringSplitOptions.RemoveEmptyEntries).Where(w => w is not ("api" or "v1"));
        return string.Concat(words.Prepend((method ?? "").ToLowerInvariant()).Select(w => char.ToUpperInvariant(w[0]) + w[1..]));
    }

    /// <summary>The document is made anew for each request, so each reader gets it in their language.</summary>
    internal static string LanguageOf(IServiceProvider services) =>
        services.GetRequiredService<IHttpContextAccessor>().HttpContext is { } context ? TextBook.LanguageOf(context.Request) : TextBook.Chinese;

    private static string? TextOrNull(string language, string key)
    {
        var text = TextBook.Get(language, key);
        return text == key ? null : text;
    }
}

/// <summary>Parameters that an endpoint reads from the query string itself, so that the generator does not see them.</summary>
internal sealed record QueryNames(IReadOnlyList<string> Names);

internal static class QueryNamesExtensions
{
    public static RouteHandlerBuilder Asks(this RouteHandlerBuilder endpoint, params string[] names) => endpoint.WithMetadata(new QueryNames(names));
}
