import type {
  AppSummary,
  AppView,
  InputDefinition,
  outputDefinitionSchema,
  ParameterDefinition,
} from '@arras/contract';
import type { z } from 'zod';
import type { DefinedApp } from '../../database/apps.ts';
import type { AppDefinition } from '../../engine/app-definitions.ts';
import type { ViewContext } from '../../events/view-context.ts';
import { linkTo, metadataLink } from './links.ts';

/** The app in the original's order, made field by field. */
export function renderApp(context: ViewContext, app: DefinedApp): AppView {
  const definition = appDefinitionOf(app);
  return {
    id: app.id,
    name: definition.name,
    icon: definition.icon,
    uuid: app.uuid,
    parallelism: definition.parallelism,
    defaultProcessorsPerNode: definition.defaultProcessorsPerNode,
    defaultMemoryPerNode: definition.defaultMemoryPerNode,
    defaultNodeCount: definition.defaultNodeCount,
    defaultMaxRunTime: definition.defaultMaxRunTime,
    defaultQueue: definition.defaultQueue,
    version: definition.version,
    revision: app.revision,
    isPublic: app.is_public,
    helpURI: definition.helpURI,
    label: definition.label,
    owner: app.owner,
    shortDescription: definition.shortDescription,
    longDescription: definition.longDescription,
    tags: definition.tags,
    ontology: definition.ontology,
    executionType: definition.executionType,
    executionSystem: definition.executionSystem,
    deploymentPath: definition.deploymentPath,
    deploymentSystem: definition.deploymentSystem,
    templatePath: definition.templatePath,
    testPath: definition.testPath,
    checkpointable: definition.checkpointable,
    lastModified: context.formatTime(app.last_modified),
    modules: definition.modules,
    available: app.available,
    inputs: definition.inputs.map(renderInput),
    parameters: definition.parameters.map(renderParameter),
    outputs: definition.outputs.map(renderOutput),
    _links: appLinks(context, app, definition),
  };
}

/** One row of an app listing. */
export function renderAppSummary(context: ViewContext, app: DefinedApp): AppSummary {
  const definition = appDefinitionOf(app);
  return {
    id: app.id,
    name: definition.name,
    version: definition.version,
    revision: app.revision,
    label: definition.label,
    shortDescription: definition.shortDescription,
    executionSystem: definition.executionSystem,
    executionType: definition.executionType,
    isPublic: app.is_public,
    available: app.available,
    owner: app.owner,
    lastModified: context.formatTime(app.last_modified),
    _links: { self: linkTo(context, 'apps', 'v2', app.id) },
  };
}

/** What an app was registered with. */
export function appDefinitionOf(app: Pick<DefinedApp, 'definition'>): AppDefinition {
  // Written by the app routes from a parsed request, never by hand.
  return app.definition as unknown as AppDefinition;
}

function renderInput({ id, value, details, semantics }: InputDefinition): AppView['inputs'][number] {
  return {
    id,
    value: {
      default: value.default ?? '',
      validator: value.validator,
      visible: value.visible,
      required: value.required,
      order: value.order,
      enquote: value.enquote,
    },
    details: renderDetails(details),
    semantics: renderSemantics(semantics),
  };
}

function renderParameter({
  id,
  value,
  details,
  semantics,
}: ParameterDefinition): AppView['parameters'][number] {
  return {
    id,
    value: {
      type: value.type,
      default: value.default ?? null,
      ...(value.type === 'enumeration' && value.enum_values !== undefined
        ? { enum_values: value.enum_values }
        : { validator: value.validator }),
      visible: value.visible,
      required: value.required,
      order: value.order,
      enquote: value.enquote,
    },
    details: renderDetails(details),
    semantics: renderSemantics(semantics),
  };
}

function renderOutput({
  id,
  value,
  details,
  semantics,
}: z.output<typeof outputDefinitionSchema>): AppView['outputs'][number] {
  const { minCardinality, maxCardinality, ontology, fileTypes } = semantics;
  return {
    id,
    value: { default: value.default ?? '', validator: value.validator, order: value.order },
    details: renderDetails(details),
    semantics: {
      ...(minCardinality !== undefined && { minCardinality }),
      maxCardinality,
      ontology,
      fileTypes,
    },
  };
}

function renderDetails({
  label,
  description,
  argument,
  showArgument,
  repeatArgument,
}: InputDefinition['details']) {
  return { label, description, argument, showArgument, repeatArgument };
}

function renderSemantics({
  minCardinality,
  maxCardinality,
  ontology,
  fileTypes,
}: InputDefinition['semantics']) {
  return { minCardinality, maxCardinality, ontology, fileTypes };
}

function appLinks(context: ViewContext, app: DefinedApp, definition: AppDefinition): AppView['_links'] {
  const to = (...parts: readonly string[]) => linkTo(context, 'apps', 'v2', app.id, ...parts);
  return {
    self: to(),
    executionSystem: linkTo(context, 'systems', 'v2', definition.executionSystem),
    storageSystem: linkTo(context, 'systems', 'v2', definition.deploymentSystem),
    history: to('history'),
    metadata: metadataLink(context, app.uuid),
    owner: linkTo(context, 'profiles', 'v2', app.owner),
    permissions: to('pems'),
  };
}
