using System.Net.Mime;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using LuohuIOC.Texts;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace LuohuIOC.Http;

/// <summary>What a request's or an answer's body is, where the endpoint's signature does not say so.</summary>
/// <param name="IsAnswer">The answer of 200, else the request.</param>
/// <param name="Json">As JSON, one of these; none when it is no JSON.</param>
/// <param name="Others">Media types that it may have instead.</param>
internal sealed record BodyShape(bool IsAnswer, IReadOnlyList<Type> Json, IReadOnlyList<string> Others);

/// <summary>A request header that an endpoint heeds.</summary>
internal sealed record HeededHeader(string Name);

/// <summary>Bodies, headers and codes in the API's description that the generator cannot know.</summary>
internal static class ApiShapes
{
    private const string ProblemJson = "application/problem+json";

    // Sensors that a question names are looked for, too.
    private static readonly string[] Named = ["sensor", "sensors"];

    public static RouteHandlerBuilder Gives<T>(this RouteHandlerBuilder endpoint, params string[] others) => endpoint.WithMetadata(new BodyShape(IsAnswer: true, [typeof(T)], others));

    /// <summary>One or the other, as the question asks.</summary>
    public static RouteHandlerBuilder GivesEither<T, TOther>(this RouteHandlerBuilder endpoint, params string[] others) =>
        endpoint.WithMetadata(new BodyShape(IsAnswer: true, [typeof(T), typeof(TOther)], others));

    /// <summary>No JSON of the API's own.</summary>
    public static RouteHandlerBuilder GivesOnly(this RouteHandlerBuilder endpoint, params string[] types) => endpoint.WithMetadata(new BodyShape(IsAnswer: true, [], types));

    public static RouteHandlerBuilder Takes<T>(this RouteHandlerBuilder endpoint) => endpoint.WithMetadata(new BodyShape(IsAnswer: false, [typeof(T)], []));

    public static RouteHandlerBuilder TakesFile(this RouteHandlerBuilder endpoint, params string[] types) => endpoint.WithMetadata(new BodyShape(IsAnswer: false, [], types));

    public static RouteHandlerBuilder Heeds(this RouteHandlerBuilder endpoint, string header) => endpoint.WithMetadata(new HeededHeader(header));

    /// <summary>The last of the operation's transformers: parameters and codes of its own are there.</summary>
    public static async Task DescribeAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancel)
    {
        var language = ApiDescription.LanguageOf(context.ApplicationServices);
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        foreach (var shape in metadata.OfType<BodyShape>())
        {
            var content = shape.Others.ToDictionary(type => type, _ => new OpenApiMediaType { Schema = new OpenApiSchema { Type = JsonSchemaType.String } });
            var schemas = new List<IOpenApiSchema>();
            foreach (var json in shape.Json) schemas.Add(await context.GetOrCreateSchemaAsync(json, null, cancel));
            if (schemas.Count > 0) content[MediaTypeNames.Application.Json] = new OpenApiMediaType { Schema = schemas.Count == 1 ? schemas[0] : new OpenApiSchema { AnyOf = schemas } };
            if (shape.IsAnswer) operation.Responses!["200"] = new OpenApiResponse { Description = "OK", Content = content };
            else operation.RequestBody = new OpenApiRequestBody { Required = true, Content = content };
        }
        operation.Parameters ??= [];
        foreach (var header in metadata.OfType<HeededHeader>())
        {
            operation.Parameters.Add(new OpenApiParameter
            {
                Name = header.Name,
                In = ParameterLocation.Header,
                Schema = new OpenApiSchema { Type = JsonSchemaType.String },
                Description = TextBook.Get(language, $"api.header.{header.Name}"),
            });
        }
        var isAsked = operation.Parameters.Any(p => p.In == ParameterLocation.Query);
        if (isAsked || operation.RequestBody is not null) Refuses("400", "bad-request");
        if (operation.Parameters.Any(p => p.In == ParameterLocation.Path || Named.Contains(p.Name))) Refuses("404", "not-found");
        if (operation.Responses!.ContainsKey("401")) Refuses("429", "too-many-attempts");
        foreach (var (code, answer) in operation.Responses)
            if (code[0] is '4' or '5' && answer is OpenApiResponse { Content: null or { Count: 0 } } bare)
                bare.Content = new Dictionary<string, OpenApiMediaType> { [ProblemJson] = new() { Schema = new OpenApiSchemaReference("ProblemDetails", context.Document) } };

        void Refuses(string code, string problem) => operation.Responses!.TryAdd(code, new OpenApiResponse { Description = TextBook.Get(language, $"problem.{problem}.title") });
    }

    /// <summary>What an answer leaves out when there is nothing to say is not required of it.</summary>
    public static Task AllowAbsence(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancel)
    {
        if (context.JsonPropertyInfo is not null || context.JsonTypeInfo.Kind != JsonTypeInfoKind.Object) return Task.CompletedTask;
        foreach (var property in context.JsonTypeInfo.Properties)
            if (property.AttributeProvider?.GetCustomAttributes(typeof(JsonIgnoreAttribute), inherit: true) is [JsonIgnoreAttribute { Condition: not JsonIgnoreCondition.Never }, ..])
                schema.Required?.Remove(property.Name);
        return Task.CompletedTask;
    }
}
