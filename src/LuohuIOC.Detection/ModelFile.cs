using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace LuohuIOC.Detection;

/// <summary>What surrounds a stored model: <c>{"format":1,"model":{…}}</c>.</summary>
/// <param name="Format">Of the model's members.</param>
/// <param name="Model">The model, members in camel case.</param>
internal sealed record ModelEnvelope<TModel>(int Format, TModel Model);

/// <summary>
/// The stored form of one sort of model: UTF-8 JSON in an envelope, as it is or packed with gzip (RFC 1952), which a reader tells by its
/// first bytes. Members that a format does not know are passed over.
/// </summary>
/// <typeparam name="TModel">The model.</typeparam>
public sealed class ModelFile<TModel>
    where TModel : class
{
    private readonly string _name;
    private readonly int _format;
    private readonly int _oldest;
    private readonly bool _packed;
    private readonly JsonTypeInfo<ModelEnvelope<TModel>> _shape;
    private readonly Func<TModel, TModel> _checked;

    /// <param name="name">What errors call the model.</param>
    /// <param name="format">What is written.</param>
    /// <param name="oldest">The oldest format that is still read.</param>
    /// <param name="packed">Whether to write it packed.</param>
    /// <param name="shape">Members.</param>
    /// <param name="check">Throws <see cref="InvalidDataException"/> when the parts do not fit together.</param>
    internal ModelFile(string name, int format, int oldest, bool packed, JsonTypeInfo<ModelEnvelope<TModel>> shape, Func<TModel, TModel> check) =>
        (_name, _format, _oldest, _packed, _shape, _checked) = (name, format, oldest, packed, shape, check);

    public byte[] Write(TModel model)
    {
        var plain = JsonSerializer.SerializeToUtf8Bytes(new ModelEnvelope<TModel>(_format, model), _shape);
        if (!_packed) return plain;
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize)) gzip.Write(plain);
        return packed.ToArray();
    }

    /// <summary>Reads and checks; throws <see cref="InvalidDataException"/> that says what is wrong with the file.</summary>
    public TModel Read(ReadOnlySpan<byte> file)
    {
        ModelEnvelope<TModel>? envelope;
        try
        {
            envelope = JsonSerializer.Deserialize(file is [0x1f, 0x8b, ..] ? Unpacked(file) : file, _shape);
        }
        catch (Exception e) when (e is JsonException or InvalidDataException)
        {
            throw new InvalidDataException($"{_name}: not a model file ({e.Message}).", e);
        }
        if (envelope is null) throw new InvalidDataException($"{_name}: the file is empty.");
        if (envelope.Format < _oldest || envelope.Format > _format)
            throw new InvalidDataException($"{_name}: format {envelope.Format}, this program reads {_oldest} to {_format}. Run a newer version or train again.");
        return _checked(envelope.Model);
    }

    private static ReadOnlySpan<byte> Unpacked(ReadOnlySpan<byte> file)
    {
        using var packed = new GZipStream(new MemoryStream(file.ToArray()), CompressionMode.Decompress);
        using var plain = new MemoryStream();
        packed.CopyTo(plain);
        return plain.GetBuffer().AsSpan(0, (int)plain.Length);
    }
}
