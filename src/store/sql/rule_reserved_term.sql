-- Finds terms in the namespaces of OWL, RDF, RDFS and XML Schema that these do not have, and those
-- declared to be what they are not, where a source does either first. What has no kind belongs
-- to the language itself and cannot be declared.
with reserved (term, kind) as (
    values
    ('owl:Nothing', 'Class'), ('owl:Thing', 'Class'),
    ('owl:bottomObjectProperty', 'ObjectProperty'), ('owl:topObjectProperty', 'ObjectProperty'),
    ('owl:bottomDataProperty', 'DataProperty'), ('owl:topDataProperty', 'DataProperty'),
    ('owl:rational', 'Datatype'), ('owl:real', 'Datatype'),
    ('owl:backwardCompatibleWith', 'AnnotationProperty'),
    ('owl:deprecated', 'AnnotationProperty'), ('owl:incompatibleWith', 'AnnotationProperty'),
    ('owl:priorVersion', 'AnnotationProperty'), ('owl:versionInfo', 'AnnotationProperty'),
    ('owl:AllDifferent', null), ('owl:AllDisjointClasses', null),
    ('owl:AllDisjointProperties', null), ('owl:allValuesFrom', null),
    ('owl:annotatedProperty', null), ('owl:annotatedSource', null), ('owl:annotatedTarget', null),
    ('owl:Annotation', null), ('owl:AnnotationProperty', null), ('owl:assertionProperty', null),
    ('owl:AsymmetricProperty', null), ('owl:Axiom', null), ('owl:cardinality', null),
    ('owl:Class', null), ('owl:complementOf', null), ('owl:DataRange', null),
    ('owl:datatypeComplementOf', null), ('owl:DatatypeProperty', null),
    ('owl:DeprecatedClass', null), ('owl:DeprecatedProperty', null), ('owl:differentFrom', null),
    ('owl:disjointUnionOf', null), ('owl:disjointWith', null), ('owl:distinctMembers', null),
    ('owl:equivalentClass', null), ('owl:equivalentProperty', null),
    ('owl:FunctionalProperty', null), ('owl:hasKey', null), ('owl:hasSelf', null),
    ('owl:hasValue', null), ('owl:imports', null), ('owl:intersectionOf', null),
    ('owl:InverseFunctionalProperty', null), ('owl:inverseOf', null),
    ('owl:IrreflexiveProperty', null), ('owl:maxCardinality', null),
    ('owl:maxQualifiedCardinality', null), ('owl:members', null), ('owl:minCardinality', null),
    ('owl:minQualifiedCardinality', null), ('owl:NamedIndividual', null),
    ('owl:NegativePropertyAssertion', null), ('owl:ObjectProperty', null), ('owl:onClass', null),
    ('owl:onDataRange', null), ('owl:onDatatype', null), ('owl:oneOf', null),
    ('owl:onProperties', null), ('owl:onProperty', null), ('owl:Ontology', null),
    ('owl:OntologyProperty', null), ('owl:propertyChainAxiom', null),
    ('owl:propertyDisjointWith', null), ('owl:qualifiedCardinality', null),
    ('owl:ReflexiveProperty', null), ('owl:Restriction', null), ('owl:sameAs', null),
    ('owl:someValuesFrom', null), ('owl:sourceIndividual', null), ('owl:SymmetricProperty', null),
    ('owl:targetIndividual', null), ('owl:targetValue', null), ('owl:TransitiveProperty', null),
    ('owl:unionOf', null), ('owl:versionIRI', null), ('owl:withRestrictions', null),
    ('rdf:dirLangString', 'Datatype'), ('rdf:HTML', 'Datatype'), ('rdf:JSON', 'Datatype'),
    ('rdf:langString', 'Datatype'), ('rdf:PlainLiteral', 'Datatype'),
    ('rdf:XMLLiteral', 'Datatype'), ('rdf:Alt', null), ('rdf:Bag', null),
    ('rdf:CompoundLiteral', null), ('rdf:direction', null), ('rdf:first', null),
    ('rdf:langRange', null), ('rdf:language', null), ('rdf:List', null), ('rdf:nil', null),
    ('rdf:object', null), ('rdf:predicate', null), ('rdf:Property', null), ('rdf:rest', null),
    ('rdf:Seq', null), ('rdf:Statement', null), ('rdf:subject', null), ('rdf:type', null),
    ('rdf:value', null), ('rdfs:comment', 'AnnotationProperty'),
    ('rdfs:isDefinedBy', 'AnnotationProperty'), ('rdfs:label', 'AnnotationProperty'),
    ('rdfs:seeAlso', 'AnnotationProperty'), ('rdfs:Literal', 'Datatype'), ('rdfs:Class', null),
    ('rdfs:Container', null), ('rdfs:ContainerMembershipProperty', null), ('rdfs:Datatype', null),
    ('rdfs:domain', null), ('rdfs:member', null), ('rdfs:range', null), ('rdfs:Resource', null),
    ('rdfs:subClassOf', null), ('rdfs:subPropertyOf', null), ('xsd:anyAtomicType', 'Datatype'),
    ('xsd:anySimpleType', 'Datatype'), ('xsd:anyType', 'Datatype'), ('xsd:anyURI', 'Datatype'),
    ('xsd:base64Binary', 'Datatype'), ('xsd:boolean', 'Datatype'), ('xsd:byte', 'Datatype'),
    ('xsd:date', 'Datatype'), ('xsd:dateTime', 'Datatype'), ('xsd:dateTimeStamp', 'Datatype'),
    ('xsd:dayTimeDuration', 'Datatype'), ('xsd:decimal', 'Datatype'), ('xsd:double', 'Datatype'),
    ('xsd:duration', 'Datatype'), ('xsd:ENTITIES', 'Datatype'), ('xsd:ENTITY', 'Datatype'),
    ('xsd:float', 'Datatype'), ('xsd:gDay', 'Datatype'), ('xsd:gMonth', 'Datatype'),
    ('xsd:gMonthDay', 'Datatype'), ('xsd:gYear', 'Datatype'), ('xsd:gYearMonth', 'Datatype'),
    ('xsd:hexBinary', 'Datatype'), ('xsd:ID', 'Datatype'), ('xsd:IDREF', 'Datatype'),
    ('xsd:IDREFS', 'Datatype'), ('xsd:int', 'Datatype'), ('xsd:integer', 'Datatype'),
    ('xsd:language', 'Datatype'), ('xsd:long', 'Datatype'), ('xsd:Name', 'Datatype'),
    ('xsd:NCName', 'Datatype'), ('xsd:negativeInteger', 'Datatype'), ('xsd:NMTOKEN', 'Datatype'),
    ('xsd:NMTOKENS', 'Datatype'), ('xsd:nonNegativeInteger', 'Datatype'),
    ('xsd:nonPositiveInteger', 'Datatype'), ('xsd:normalizedString', 'Datatype'),
    ('xsd:NOTATION', 'Datatype'), ('xsd:positiveInteger', 'Datatype'), ('xsd:QName', 'Datatype'),
    ('xsd:short', 'Datatype'), ('xsd:string', 'Datatype'), ('xsd:time', 'Datatype'),
    ('xsd:token', 'Datatype'), ('xsd:unsignedByte', 'Datatype'), ('xsd:unsignedInt', 'Datatype'),
    ('xsd:unsignedLong', 'Datatype'), ('xsd:unsignedShort', 'Datatype'),
    ('xsd:yearMonthDuration', 'Datatype'), ('xsd:fractionDigits', null), ('xsd:length', null),
    ('xsd:maxExclusive', null), ('xsd:maxInclusive', null), ('xsd:maxLength', null),
    ('xsd:minExclusive', null), ('xsd:minInclusive', null), ('xsd:minLength', null),
    ('xsd:pattern', null), ('xsd:totalDigits', null), ('xsd:whiteSpace', null)
),
used (shown, axiom_id) as (
    select subject, id from axiom where named & 1
    union all
    select object, id from axiom where named & 4
    union all
    select entity.shown, axiom_entity.axiom_id
    from axiom_entity
    join entity on entity.id = axiom_entity.entity_id
),
misused (shown, item_id, line, detail) as (
    select used.shown, axiom.item_id, axiom.line, 'its vocabulary has no such term'
    from used
    join axiom on axiom.id = used.axiom_id
    where used.shown not in (select term from reserved)
    union all
    select entity.shown, declaration.item_id, declaration.line,
        'declared as ' || declaration.kind || iif(reserved.term is null,
            ', and its vocabulary has no such term',
            ', and it is ' || coalesce(reserved.kind, 'a part of the language'))
    from declaration
    join entity on entity.id = declaration.entity_id
    left join reserved on reserved.term = entity.shown
    where reserved.kind is not declaration.kind
)
select shown as subject, source, key, line, detail
from (
    select misused.shown, source.name as source, item.key, misused.line, misused.detail,
        row_number() over (
            partition by misused.shown, item.source_id
            order by item.key, misused.line, misused.detail
        ) as place
    from misused
    join item on item.id = misused.item_id
    join source on source.id = item.source_id
    where (misused.shown glob 'owl:*' or misused.shown glob 'rdf:*' or misused.shown glob 'rdfs:*'
            or misused.shown glob 'xsd:*')
        and misused.shown not glob 'rdf:_[1-9]*'
)
where place = 1
